import { join } from 'node:path';
import { NodeProcess } from './harness/index.js';

jest.setTimeout(900_000);

const STARVATION = join(__dirname, '../dist/properties/starvation.js');

/** How much is kept depends on the machine, and is no test's to say: only that it is measured, and that nothing is wrong. */
describe('the measurement of starvation', () => {
  it('runs the soak without and with busy loops, whose reads are never too old', async () => {
    const url = process.env['COFFER_TEST_POSTGRESQL_URL'];
    const run = NodeProcess.start([STARVATION, '--seconds', '20', '--busy', '2'], {
      env: url === undefined ? {} : { COFFER_TEST_POSTGRESQL_URL: url },
    });
    await run.exited;
    const figures = new Map(
      run
        .stdout()
        .split('\n')
        .filter((line) => line.startsWith('{"figure"'))
        .map((line) => JSON.parse(line) as { figure: string; value: number })
        .map(({ figure, value }) => [figure, value]),
    );
    expect(figures.get('Writes acknowledged with busy loops')).toBeGreaterThan(0);
    expect(figures.get('Reads older than an acknowledged write')).toBe(0);
    expect(figures.get('Reads older than a read before them')).toBe(0);
    expect([...figures.keys()]).toContain('Reads from a cache with busy loops');
  });
});
