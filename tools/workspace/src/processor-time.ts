import { readFileSync } from 'node:fs';

/** Of Linux, on every processor for which Node is built. */
const TICKS_PER_SECOND = 100;
/** Of /proc/PID/stat behind the name, which may hold blanks: time in the program and in the kernel, then the same of ended children. */
const TIMES = [11, 15] as const;

/**
 * Seconds of a processor that this process has taken and, where the system tells (Linux), the children that have ended, with theirs.
 */
export function processorSeconds(): number {
  if (process.platform !== 'linux') {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(...TIMES).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}
