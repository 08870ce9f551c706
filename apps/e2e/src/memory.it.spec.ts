/** @servers none */
import { join } from 'node:path';
import { NodeProcess } from './harness/index.js';

/** How much memory is right, and how fast it grows, is for the long run to say: only that everything is measured. */
describe('the measurement of memory under writes', () => {
  it('measures everything in one short run', async () => {
    const command = NodeProcess.start([
      join(__dirname, '../dist/memory.js'),
      ...['--mode', 'embedded', '--seconds', '6', '--after', '2', '--sample', '2'],
    ]);
    const { code } = await command.exited;
    const figures = command
      .stdout()
      .split('\n')
      .filter((line) => line.startsWith('{"figure"'))
      .map((line) => JSON.parse(line) as { figure: string; value: number });
    expect({ code, figures: figures.map(({ figure }) => figure) }).toEqual({
      code: 0,
      figures: [
        'embedded: writes',
        'embedded: writes not answered with 200',
        'embedded: standalone, at the end of the load',
        'embedded: standalone, 2 s after the load',
        'embedded: remembered of an operation of the window',
      ],
    });
    expect(figures.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(figures[1]?.value).toBe(0);
    expect(command.stderr()).toMatch(/^0\.\d min: standalone \d+ MB; \d+ writes, \d+\/s$/m);
  }, 120_000);
});
