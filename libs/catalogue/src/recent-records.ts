import type { Fence, SecretPath } from '@coffer/secrets';
import type { CatalogueEntry } from './entry.js';

/** What a secret is after a record: as it is listed, gone, or not to be known from the record. */
export type State = CatalogueEntry | 'absent' | 'unknown';

export interface RecentRecord {
  readonly path: SecretPath;
  readonly fence: Fence;
  readonly state: State;
  /** When this process read it, in milliseconds on the catalogue's clock. */
  readonly at: number;
}

/** What a record takes up beside its path. */
const RECORD_BYTES = 300;

const bytesOf = (identity: string): number => RECORD_BYTES + 2 * identity.length;

/** What the records of several sections take up together. */
export interface RecordBytes {
  bytes: number;
}

/** The latest record of each path that the log spoke of within the window, in the order of reading. */
export class RecentRecords {
  readonly #records = new Map<string, RecentRecord>();

  /** `windowMs`: the replay window. */
  constructor(
    private readonly windowMs: number,
    private readonly all: RecordBytes = { bytes: 0 },
  ) {}

  get size(): number {
    return this.#records.size;
  }

  /** False for a record whose fence is not above the latest one's: it repeats it, or comes late. */
  note(record: RecentRecord): boolean {
    this.#forget(record.at - this.windowMs);
    const identity = record.path.toString();
    const known = this.#records.get(identity);
    if (known !== undefined && known.fence >= record.fence) return false;
    if (!this.#records.delete(identity)) this.all.bytes += bytesOf(identity);
    this.#records.set(identity, record);
    return true;
  }

  /** Replaces a record that is here, in its place. */
  replace(record: RecentRecord): void {
    this.#records.set(record.path.toString(), record);
  }

  find(path: SecretPath): RecentRecord | undefined {
    return this.#records.get(path.toString());
  }

  /** Those read, or settled, at that time or later. */
  since(at: number): RecentRecord[] {
    return [...this.#records.values()].filter((record) => record.at >= at);
  }

  /** Forgets the oldest before its time, and answers it. */
  evict(): RecentRecord | undefined {
    for (const [identity, record] of this.#records) {
      this.#delete(identity);
      return record;
    }
    return undefined;
  }

  clear(): void {
    for (const identity of this.#records.keys()) this.#delete(identity);
  }

  #forget(before: number): void {
    for (const [identity, { at }] of this.#records) {
      if (at >= before) break;
      this.#delete(identity);
    }
  }

  #delete(identity: string): void {
    this.#records.delete(identity);
    this.all.bytes -= bytesOf(identity);
  }
}
