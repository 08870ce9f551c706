import { join } from 'node:path';
import { NodeProcess } from './harness/index.js';

const BENCH = join(__dirname, '../dist/bench-cache.js');

const run = async (...args: readonly string[]) => {
  const url = process.env['COFFER_TEST_POSTGRESQL_URL'];
  const bench = NodeProcess.start([BENCH, ...args], {
    env: url === undefined ? {} : { COFFER_TEST_POSTGRESQL_URL: url },
  });
  const { code } = await bench.exited;
  return { code, stdout: bench.stdout(), stderr: bench.stderr() };
};

/** What is fast is not a test's to say: only that everything is measured, on hits. */
describe('the measurement of cached reads', () => {
  it('measures everything in one short run', async () => {
    const { code, stdout } = await run('--seconds', '2');
    expect(code).toBe(0);
    const figures = stdout
      .split('\n')
      .filter((line) => line.startsWith('{"figure"'))
      .map((line) => JSON.parse(line) as { readonly figure: string; readonly value: number });
    expect(figures.map(({ figure }) => figure)).toEqual([
      'cached read ×16 / bare HTTP ×16, one core',
      'cached read ×16 / bare HTTP ×16, by processor time',
      'cached read / bare HTTP, one core',
      'cached read ×16 / Vault ×16, one core',
      'cached read ×16 / Vault ×16, by processor time',
      'cached read / Vault, one core',
      'secrets in batches of 100 / one by one',
      'secrets in batches of 100 / one by one, ×16',
      'write with the cache on, p50 above the same with it off',
      'cached reads that were hits in the gateway’s memory',
    ]);
    for (const { value } of figures) expect(Number.isFinite(value)).toBe(true);
  }, 600_000);

  it('says what it does, and refuses what it does not know', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('taskset') });
    expect(await run('--seconds', 'many')).toMatchObject({ code: 1, stderr: expect.stringContaining('--seconds') });
  });
});
