import type { RecordGroup } from './record-group.js';

/** A group as one queue has it. */
interface Waiting {
  readonly group: RecordGroup;
  readonly withOptional: boolean;
  bytes: number;
  readonly optionalBytes: number;
}

/** What is being written: it counts until `SinkQueue.done`. */
export interface TakenGroups {
  readonly groups: readonly RecordGroup[];
  readonly bodies: readonly string[];
  /** The number of bodies up to the end of each group. */
  readonly ends: readonly number[];
  readonly bytes: number;
  readonly optionalBytes: number;
}

/** The groups that wait for one sink, bounded in bytes. Records that are not required may have half of it. */
export class SinkQueue {
  readonly #waiting = new Set<Waiting>();
  #bytes = 0;
  #optionalBytes = 0;

  constructor(readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Whether it would take all of the group's records. */
  hasRoomFor({ bytes, optionalBytes }: RecordGroup): boolean {
    return this.#optionalBytes + optionalBytes <= this.maxBytes / 2 && this.#bytes + bytes <= this.maxBytes;
  }

  /** Returns how many records of the group it has no room for: all, or those that are not required. */
  add(group: RecordGroup): number {
    const withOptional = this.hasRoomFor(group);
    const optionalBytes = withOptional ? group.optionalBytes : 0;
    const bytes = group.bytes - group.optionalBytes + optionalBytes;
    if (bytes === 0 || this.#bytes + bytes > this.maxBytes) return group.size;
    const waiting: Waiting = { group, withOptional, bytes, optionalBytes };
    this.#waiting.add(waiting);
    this.#bytes += bytes;
    this.#optionalBytes += optionalBytes;
    group.onDropped(() => this.#drop(waiting));
    return withOptional ? 0 : group.optionalSize;
  }

  /** The first groups, with no more bytes than that unless there is only one. */
  take(maxBytes: number): TakenGroups {
    const groups: RecordGroup[] = [];
    const bodies: string[] = [];
    const ends: number[] = [];
    let bytes = 0;
    let optionalBytes = 0;
    for (const waiting of this.#waiting) {
      if (groups.length > 0 && bytes + waiting.bytes > maxBytes) break;
      this.#waiting.delete(waiting);
      groups.push(waiting.group);
      for (const body of waiting.group.bodies(waiting.withOptional)) bodies.push(body);
      ends.push(bodies.length);
      bytes += waiting.bytes;
      optionalBytes += waiting.optionalBytes;
    }
    return { groups, bodies, ends, bytes, optionalBytes };
  }

  done({ bytes, optionalBytes }: TakenGroups): void {
    this.#bytes -= bytes;
    this.#optionalBytes -= optionalBytes;
  }

  /** Empties it. */
  giveUp(): void {
    for (const { group } of Array.from(this.#waiting)) group.giveUp();
    this.#waiting.clear();
  }

  /** What is being written already stays counted. */
  #drop(waiting: Waiting): void {
    if (!this.#waiting.has(waiting)) return;
    this.#bytes -= waiting.bytes - waiting.optionalBytes;
    waiting.bytes = waiting.optionalBytes;
    if (waiting.bytes === 0) this.#waiting.delete(waiting);
  }
}
