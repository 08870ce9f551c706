import { join } from 'node:path';
import { NodeProcess } from './harness/index.js';

const BENCH = join(__dirname, '../dist/bench.js');

interface FigureLine {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
}

const run = async (...args: readonly string[]) => {
  const url = process.env['COFFER_TEST_POSTGRESQL_URL'];
  const bench = NodeProcess.start([BENCH, ...args], {
    env: url === undefined ? {} : { COFFER_TEST_POSTGRESQL_URL: url },
  });
  const { code } = await bench.exited;
  return { code, stdout: bench.stdout(), stderr: bench.stderr() };
};

/** What is fast is not a test's to say: only that everything is measured. */
describe('the measurement of speed', () => {
  it('measures everything in one short run', async () => {
    const { code, stdout, stderr } = await run('--seconds', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const figures = stdout
      .split('\n')
      .filter((line) => line.startsWith('{"figure"'))
      .map((line) => JSON.parse(line) as FigureLine);
    const about = ['resolve p50 above', 'resolve beside', 'resolve ×16', 'batch resolves', 'write beside', 'write ×16'];
    const expected = ['embedded', 'PostgreSQL'].flatMap((database) => about.map((text) => `${database}: ${text}`));
    expect(figures).toHaveLength(expected.length);
    for (const [index, start] of expected.entries()) {
      expect(figures[index]?.figure.startsWith(start)).toBe(true);
      expect(Number.isFinite(figures[index]?.value)).toBe(true);
      expect(figures[index]?.unit).toMatch(/^(ms|times), \S+ to \S+ in \d+ rounds$/);
    }
    expect(figures.filter(({ aim }) => aim === '≤ 1')).toHaveLength(2);
  }, 600_000);

  it('says what it does, and refuses what it does not know', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--seconds N') });
    expect(await run('--seconds', 'many')).toMatchObject({ code: 1, stderr: expect.stringContaining('--seconds') });
    expect(await run('--fast')).toMatchObject({ code: 1 });
  });
});
