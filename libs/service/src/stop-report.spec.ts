import { CofferError } from '@coffer/secrets';
import { stopReport } from './stop-report.js';

describe('the last line of a process', () => {
  it.each(['an exception that nothing caught', 'a rejection that nothing handled'] as const)(
    'says that it ended by %s, of which kind and where, and quotes nothing',
    (cause) => {
      const error = Object.assign(new TypeError('hunter2 is no number'), { code: 'ERR_KIND', value: 'hunter2' });
      const line = stopReport(error, cause);
      expect(line).toMatch(new RegExp(`^stopped by ${cause}: \\{"name":"TypeError","code":"ERR_KIND","at":\\[`));
      expect(line).not.toContain('hunter2');
      expect(stopReport('hunter2', cause)).toBe(`stopped by ${cause}: {"name":"string"}`);
    },
  );

  it('is the sentence itself where the error is one of ours', () => {
    const error = new CofferError('configuration', 'coffer.server.port must be a number');
    expect(stopReport(error)).toBe('coffer.server.port must be a number');
    expect(stopReport(error, 'a rejection that nothing handled')).toBe(
      'stopped by a rejection that nothing handled: coffer.server.port must be a number',
    );
  });
});
