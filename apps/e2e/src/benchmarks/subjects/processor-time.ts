import { readdirSync, readFileSync } from 'node:fs';

/** What all threads of the process have had of processors so far, in milliseconds. From the scheduler (Linux). */
export const processorTimeOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [nanoseconds = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return sum + Number(nanoseconds) / 1e6;
  }, 0);
