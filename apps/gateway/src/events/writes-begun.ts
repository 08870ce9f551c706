import type { LogEntry } from '@coffer/coherence';

/** More are never under way than hints are worth remembering for. */
const MAX_WRITES = 2_000;
/** Beside the two bytes of each character at most. */
const ENTRY_BYTES = 200;
/** Limit of all of them together. */
export const BEGUN_MAX_BYTES = 4 * 1024 * 1024;

/** What a hint says. */
export interface WriteBegun {
  readonly path: string;
  readonly operation: string;
}

const bytesOf = ({ path, operation }: WriteBegun): number => ENTRY_BYTES + 2 * (path.length + operation.length);

/**
 * Writes that have begun, by where their PREPARE stands, until readers are cleared. Only hints depend on it: beyond
 * its bounds the oldest are forgotten.
 */
export class WritesBegun {
  readonly #writes = new Map<string, WriteBegun>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add({ shard, offset }: Pick<LogEntry, 'shard' | 'offset'>, write: WriteBegun): void {
    this.#set(`${shard}:${offset}`, write);
    for (const oldest of this.#writes.keys()) {
      if (this.#writes.size <= MAX_WRITES && this.#bytes <= BEGUN_MAX_BYTES) return;
      this.#remove(oldest);
    }
  }

  /** The write of that PREPARE, which is then forgotten. */
  take(shard: number, prepareOffset: LogEntry['offset']): WriteBegun | undefined {
    return this.#remove(`${shard}:${prepareOffset}`);
  }

  clear(): void {
    this.#writes.clear();
    this.#bytes = 0;
  }

  #set(place: string, write: WriteBegun): void {
    this.#remove(place);
    this.#writes.set(place, write);
    this.#bytes += bytesOf(write);
  }

  #remove(place: string): WriteBegun | undefined {
    const write = this.#writes.get(place);
    if (write === undefined) return undefined;
    this.#writes.delete(place);
    this.#bytes -= bytesOf(write);
    return write;
  }
}
