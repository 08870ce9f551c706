import { CODES as MYSQL } from './mysql.js';
import { CODES as POSTGRESQL } from './postgresql.js';
import { statementFailure } from '../errors.js';
import { wordsOf } from './vendor-words.js';

describe('what a database reports', () => {
  it.each([...Object.keys(POSTGRESQL), ...Object.keys(MYSQL)])('%s has words', (code) => {
    expect(wordsOf(code.length === 2 ? `${code}999` : code)).toMatch(/^[a-zA-Z].{9,}/);
  });

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ETIMEDOUT',
  ])('%s has words', (code) => expect(wordsOf(code)).toBeDefined());

  it.each(['42703', '42P01', '55000', '0A000', '23502', '25P02', '26000', '42P05', 'P0001', 'XX000', '1054', '1146'])(
    '%s has words of its own',
    (code) => expect(wordsOf(code)).toMatch(/^(?!see the log of the server$).{20}/),
  );

  it.each(['F0000', '72000', '1999'])('%s, of which nothing is known, is in the log of the server', (code) => {
    expect(wordsOf(code)).toBe('see the log of the server');
  });

  it('is said beside its code, with what to do', () => {
    expect(statementFailure('PostgreSQL', 'unavailable', '3D000').error.message).toBe(
      'PostgreSQL: the database cannot be reached or cannot work (3D000: there is no database of that name: make it, or ' +
        'mend the name in the address)',
    );
    expect(statementFailure('MySQL', 'unavailable', 4711).error.message).toMatch(
      /\(4711: see the log of the server\)$/,
    );
    expect(statementFailure('MySQL', 'unavailable', 'PROTOCOL_ODD').error.message).toMatch(
      /cannot work \(PROTOCOL_ODD\)$/,
    );
  });
});
