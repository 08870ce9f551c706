import type { Outcome } from './outcome.js';

/**
 * Runs a property as a command: each figure is a line of JSON on standard output, each problem a line on standard
 * error; the process ends with 0 when the property held and with 1 otherwise.
 */
export const runCommand = async (property: () => Promise<Outcome>): Promise<void> => {
  const { figures, problems } = await property();
  for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`);
  for (const problem of problems) process.stderr.write(`FAILED ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
};

/** Progress of a long run, for whoever watches it. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);
