import { totalmem } from 'node:os';

const GIB = 2 ** 30;
/** Memory of a worker, of the system of processes that its suite has started, and of a part of the servers that all share. */
const WORKER_BYTES = 4 * GIB;
const MIN_WORKERS = 2;
const MAX_WORKERS = 3;

/** What this process may use, where its control group allows less than the machine has. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/**
 * Returns how many suites run at the same time, for so much memory. Two have about one of two cores idle, for suites of the running
 * system wait for sessions, leases and processes; more than three would make a small machine slow enough to try other things than meant.
 */
export const suiteWorkers = (bytes: number = memoryBytes()): number =>
  Math.max(MIN_WORKERS, Math.min(MAX_WORKERS, Math.floor(bytes / WORKER_BYTES)));
