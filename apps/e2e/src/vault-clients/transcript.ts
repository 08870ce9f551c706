import { NodeProcess } from '../harness/node-process.js';
import type { VaultTarget } from './target.js';

/** What a client program saw, step by step. */
export type Transcript = Readonly<Record<string, unknown>>;

interface Step {
  readonly step: string;
  readonly result: unknown;
}

const isStep = (line: string): boolean => line.startsWith('{') && line.includes('"step"');

/**
 * Runs a client's program to its end, which reads the target from its standard input and prints a line of JSON for each
 * step. Rejects with all of its output where it fails.
 */
export const transcriptOf = async (
  program: string,
  args: readonly string[],
  { address, token, readerToken, logins }: Omit<VaultTarget, 'close' | 'kind'>,
  env: Readonly<Record<string, string>> = {},
): Promise<Transcript> => {
  const input = JSON.stringify({ address, token, readerToken, logins });
  const child = NodeProcess.start(args, { program, input, env });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}\n${child.output()}`);
  const steps = child.stdout().split('\n').filter(isStep);
  return Object.fromEntries(steps.map((line) => JSON.parse(line) as Step).map(({ step, result }) => [step, result]));
};
