import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Which parts of memory a core file has: none. Linux alone knows it; children inherit it. */
const COREDUMP_FILTER = '/proc/self/coredump_filter';
const TIMEOUT_MS = 2_000;

/**
 * Keeps memory, registers and environment of this process, which hold values and keys, out of what a crash leaves behind, whatever
 * limits and options it was started with: no core file and no diagnostic report is written. Where the system has no `prlimit`, a core
 * file has no memory in it, and may have a piece of a value that was in a register; on other systems than Linux `ulimit -c 0` must
 * see to it.
 */
export const forbidCrashFiles = (): void => {
  const { report, pid, platform } = process;
  report.reportOnFatalError = false;
  report.reportOnUncaughtException = false;
  report.reportOnSignal = false;
  report.excludeEnv = true;
  if (platform !== 'linux') return;
  // One byte, not none: the kernel takes none for "only where the core is a file", and one for "not to a program either".
  spawnSync('prlimit', ['--pid', String(pid), '--core=1:1'], { stdio: 'ignore', timeout: TIMEOUT_MS });
  try {
    writeFileSync(COREDUMP_FILTER, '0');
  } catch {
    // A /proc that may not be written to.
  }
};
