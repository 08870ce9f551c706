import { printError } from '../harness/outcome.js';

export interface Fault {
  /** UTC. */
  readonly at: string;
  /** The same moment by `performance.now`, in microseconds. */
  readonly us: number;
  readonly fault: string;
  readonly role: string;
  readonly pid: number;
  readonly [more: string]: unknown;
}

/** Every fault of a run with its time and the pid that it hit, on standard error as it happens and kept. */
export class FaultLog {
  readonly entries: Fault[] = [];

  add(fault: string, role: string, pid: number, more: Readonly<Record<string, unknown>> = {}): void {
    const entry = {
      at: new Date().toISOString(),
      us: Math.floor(performance.now() * 1_000),
      fault,
      role,
      pid,
      ...more,
    };
    this.entries.push(entry);
    printError(JSON.stringify(entry));
  }

  count(fault: string, role: string): number {
    return this.entries.filter((entry) => entry.fault === fault && entry.role === role).length;
  }
}
