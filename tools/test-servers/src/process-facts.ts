import { readFileSync } from 'node:fs';

/** Linux's USER_HZ, on every processor for which Node is built. */
const TICKS_PER_SECOND = 100;
const BYTES_PER_KIB = 1_024;
/** Fields of /proc/PID/stat behind the name: the state; ticks in the program and in the kernel, then the same of ended children; the start. */
const [STATE, FIRST_TIME, BEHIND_TIMES, START] = [0, 11, 15, 19] as const;

export interface ProcessFacts {
  /** It has ended, and was merely not collected by its parent. */
  hasEnded: boolean;
  /** When it began, in ticks since the machine did: with its id it names one process for ever, whatever its command line says. */
  startTime: string;
  /** Processor time that it has taken, and that of its children that have ended, with theirs. */
  processorSeconds: number;
}

/** `undefined` where the system does not tell (Linux does), or the process is gone. */
export function processFacts(pid: number | 'self'): ProcessFacts | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name may hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(FIRST_TIME, BEHIND_TIMES).reduce((sum, each) => sum + Number(each), 0);
  return {
    hasEnded: fields[STATE] === 'Z',
    startTime: fields[START] ?? '',
    processorSeconds: ticks / TICKS_PER_SECOND,
  };
}

/** What a process has in memory (Linux). Throws for one that is gone. */
export function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * BYTES_PER_KIB;
}
