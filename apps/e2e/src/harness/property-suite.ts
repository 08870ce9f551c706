import { join } from 'node:path';
import { figuresIn } from './outcome.js';
import { NodeProcess } from './node-process.js';

const RUN = join(__dirname, '../../dist/run.js');
/** Bounds a failure only: each wait within a run has a bound of its own. */
const TIMEOUT_MS = 3_600_000;
/** As much of the run's standard error as a failure shows. */
const MAX_SHOWN = 8_000;

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      /^(?:COFFER_TEST|E2E)_/.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );

/**
 * The suite of a property: one run with its quick options, in a process of its own, as people run it. It fails with each
 * problem that the run found; aims that depend on the machine are for the full run.
 */
export const propertySuite = (name: string, shows: string): void => {
  describe(name, () => {
    let run: NodeProcess | undefined;
    afterAll(async () => {
      await run?.end();
    });

    it(
      shows,
      async () => {
        run = NodeProcess.start([RUN, name, '--quick'], { env: environment(), endBy: 'SIGTERM' });
        const { code } = await run.exited;
        const figures = figuresIn(run.stdout());
        const problems = run
          .stderr()
          .split('\n')
          .filter((line) => line.startsWith('FAILED '));
        if (code !== 0) process.stderr.write(run.stderr().slice(-MAX_SHOWN));
        expect({ code, problems }).toEqual({ code: 0, problems: [] });
        expect(figures).not.toEqual([]);
        expect(figures.filter(({ value }) => typeof value === 'number' && !Number.isFinite(value))).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
};
