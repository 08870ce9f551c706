import { join } from 'node:path';
import { NodeProcess } from './harness/index.js';

const BENCH = join(__dirname, '../dist/bench-kafka.js');

interface FigureLine {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
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
describe('the measurement of writes over Kafka', () => {
  it('measures everything in one short run', async () => {
    const { code, stdout, stderr } = await run('--seconds', '1', '--workers', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const figures = stdout
      .split('\n')
      .filter((line) => line.startsWith('{"figure"'))
      .map((line) => JSON.parse(line) as FigureLine);
    expect(figures.map(({ figure }) => figure)).toEqual([
      'Kafka, 1 worker: write p50 above the bare loop',
      'Kafka, 1 worker: write ×16 throughput / bare loop ×16',
      'Kafka: mutations topic, write',
      'Kafka: coherence topic, write',
      'Kafka: mutations topic, write ×16',
      'Kafka: coherence topic, write ×16',
    ]);
    for (const { value } of figures) expect(Number.isFinite(value)).toBe(true);
  }, 600_000);

  it('says what it does, and refuses what it does not know', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--workers N') });
    expect(await run('--workers', 'many')).toMatchObject({ code: 1, stderr: expect.stringContaining('--workers') });
  });
});
