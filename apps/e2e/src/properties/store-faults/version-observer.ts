import { setTimeout as pause } from 'node:timers/promises';
import type { Backend } from '@coffer/backend-contract';
import { pathOf, KEYS } from './mutations.js';

const READ_TIMEOUT_MS = 20_000;
/** Milliseconds between two reads: most of the machine is the worker's. */
const READ_INTERVAL_MS = 40;

/** What was seen of one key. */
interface Seen {
  value: string | undefined;
  readonly values: Set<string>;
  /** By fence: the store's versions that readers could see. */
  readonly versions: Map<string, Set<string>>;
}

/** Reads all keys again and again, past the faults, and notes what comes a second time. */
export class VersionObserver {
  /** Reads that saw a value come back after another one. */
  returned = 0;
  reads = 0;
  readonly #seen: readonly Seen[];
  #done = false;
  #running: Promise<void> | undefined;

  constructor(private readonly store: Backend) {
    this.#seen = Array.from({ length: KEYS }, () => ({ value: undefined, values: new Set(), versions: new Map() }));
  }

  begin(): void {
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#done = true;
    await this.#running;
  }

  /** Versions beyond the first that one write was seen as. */
  get duplicates(): number {
    const counts = this.#seen.flatMap(({ versions }) => [...versions.values()].map(({ size }) => size - 1));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #run(): Promise<void> {
    while (!this.#done) {
      for (let key = 0; key < KEYS && !this.#done; key += 1) await this.#look(key);
    }
  }

  async #look(key: number): Promise<void> {
    const seen = this.#seen[key];
    // A read that fails has seen nothing; what the keys hold in the end is read by others.
    const stored = await this.store
      .read(pathOf(key), { signal: AbortSignal.timeout(READ_TIMEOUT_MS) })
      .catch(() => undefined);
    this.reads += 1;
    await pause(READ_INTERVAL_MS);
    if (seen === undefined || stored === undefined) return;
    const value = stored.value.reveal();
    if (value !== seen.value && seen.values.has(value)) this.returned += 1;
    seen.values.add((seen.value = value));
    if (stored.fence === undefined) return;
    const fence = stored.fence.toString();
    const versions = seen.versions.get(fence) ?? new Set();
    seen.versions.set(fence, versions.add(stored.version));
  }
}
