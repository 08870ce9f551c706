import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What is measured runs on the first processor, the load generator and the rest on the last one. */
const MEASURED = 0;
const OTHERS = availableParallelism() - 1;

/** All threads of the process, from now on; needs `taskset` (Linux). */
const pin = (pid: number, processor: number): void => {
  try {
    execFileSync('taskset', ['-acp', String(processor), String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    throw new Error(`taskset cannot hold process ${pid} to processor ${processor}`, { cause: error });
  }
};

export const holdToMeasuredCore = (pid: number): void => pin(pid, MEASURED);

export const holdToOtherCore = (pid: number): void => pin(pid, OTHERS);

/** What `start` starts is held to the measured core from its beginning: some programs look once how many they have. */
export const startedOnMeasuredCore = async <T>(start: () => Promise<T>): Promise<T> => {
  pin(process.pid, MEASURED);
  try {
    return await start();
  } finally {
    pin(process.pid, OTHERS);
  }
};
