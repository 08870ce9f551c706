import { spawn, type ChildProcess } from 'node:child_process';

/** Ends by itself within a tenth of a second of its parent, however that one ended. */
const BUSY_LOOP = `
const parent = process.ppid;
while (process.ppid === parent) for (const end = performance.now() + 100; performance.now() < end; );`;

const started = new Set<ChildProcess>();
process.once('exit', () => started.forEach((child) => child.kill('SIGKILL')));

/** Starts processes of this one's own priority that never wait. Answers how to end them: by their ids, and no others. */
export const startBusyLoops = (count: number): (() => void) => {
  const loops = Array.from({ length: count }, () =>
    spawn(process.execPath, ['--eval', BUSY_LOOP], { env: {}, stdio: 'ignore' }),
  );
  loops.forEach((loop) => started.add(loop));
  return () => {
    for (const loop of loops) {
      loop.kill('SIGKILL');
      started.delete(loop);
    }
  };
};
