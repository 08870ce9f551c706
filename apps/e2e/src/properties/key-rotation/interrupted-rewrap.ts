import { COFFER_COMMAND, NodeProcess, cofferCommand, until } from '../../harness/index.js';
import type { Count } from '../../workload/check-count.js';
import type { RotatedCoffer } from './rotated-coffer.js';

/** Records in a second of the run that is killed: slow enough to be met in its midst. */
const SLOW_RATE = 20;

/** Runs `coffer rewrap`, kills it in its midst, and runs it again to its end, which must be the rest of the way. */
export const interruptedRewrap = async (
  { command: { args, dataFolder } }: RotatedCoffer,
  count: Count,
): Promise<void> => {
  const folder = dataFolder === undefined ? {} : { env: { COFFER_DATA_DIR: dataFolder } };
  const killed = NodeProcess.start([COFFER_COMMAND, 'rewrap', ...args, '--rate', String(SLOW_RATE)], folder);
  await until('the rewrap is under way', () => {
    if (!killed.running) throw new Error(`coffer rewrap ended at once: ${killed.output()}`);
    return /\([1-9]\d? %\)/.test(killed.stderr());
  });
  killed.kill('SIGKILL');
  await killed.exited;
  const again = await cofferCommand(['rewrap', ...args], dataFolder === undefined ? {} : { dataFolder });
  const [, done, total] = [...killed.stderr().matchAll(/(\d+) of (\d+) \(/g)].at(-1) ?? [];
  const left = Number(total) - Number(done);
  const resealed = Number(/(\d+) sealed anew/.exec(again.stdout)?.[1] ?? NaN);
  count.check(again.code === 0, () => `coffer rewrap ended with ${again.code}: ${again.stderr.slice(-500)}`);
  count.check(Number(done) > 0 && resealed <= left, () => `killed with ${left} left, it sealed ${resealed} anew then`);
  count.check(/can be removed once/.test(again.stdout), () => `it did not say which key can go: ${again.stdout}`);
};
