import type { AuditEntry } from './record/audit-entry.js';
import { recordTail, recordText, type RecordTail } from './record/record-text.js';
import type { AuditSink } from './sinks/audit-sink.js';
import { RecordGroup, type Taken } from './sinks/record-group.js';

/** From here on a group is written without waiting for the end of the turn. */
const MAX_GROUP_BYTES = 256 * 1_024;
const CLOSE_TIMEOUT_MS = 5_000;

export interface AuditTrailOptions {
  /** At least one. */
  readonly sinks: readonly AuditSink[];
  /** The file of the first sink that is one, which can be searched. */
  readonly file?: string | undefined;
  /** How long an answer waits until some sink has taken its record. */
  readonly timeoutMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Called for records that no sink took in time. */
  readonly refused: (records: number) => void;
}

/** The records of this process, on their way to its sinks. The records of one turn of the event loop are one write. */
export class AuditTrail {
  #group: RecordGroup | undefined;

  constructor(private readonly options: AuditTrailOptions) {}

  get file(): string | undefined {
    return this.options.file;
  }

  get sinks(): readonly AuditSink[] {
    return this.options.sinks;
  }

  /**
   * Calls `done` once: with true when a sink has taken the record, with false when none has in time, or none has room. A
   * `required` record, whose answer must not leave without it, is then not written later, unless that was under way.
   */
  append(entry: AuditEntry, required: boolean, done?: Taken): void {
    this.appendPrepared(entry.requestId, recordTail(entry), required, done);
  }

  /** As `append`, of an entry whose text was made before. */
  appendPrepared(requestId: string, tail: RecordTail, required: boolean, done?: Taken): void {
    const group = (this.#group ??= this.#open());
    const text = recordText(requestId, tail, this.options.now());
    // What stands before the tail is ASCII. To count the bytes of the whole would copy it once more.
    group.add(text, text.length - tail.text.length + tail.bytes, required, done);
    if (group.bytes >= MAX_GROUP_BYTES) this.#flush(group);
  }

  /** As `append`. */
  record(entry: AuditEntry, required = true): Promise<boolean> {
    return new Promise((resolve) => this.append(entry, required, resolve));
  }

  /** Files are opened anew: what was moved away stays as it is. */
  reopen(): void {
    for (const sink of this.options.sinks) sink.reopen();
  }

  /** Writes what waits, for a few seconds at most. */
  async close(): Promise<void> {
    if (this.#group !== undefined) this.#flush(this.#group);
    await Promise.all(this.options.sinks.map((sink) => sink.close(CLOSE_TIMEOUT_MS)));
  }

  #open(): RecordGroup {
    const group = new RecordGroup();
    setImmediate(() => this.#flush(group));
    return group;
  }

  #flush(group: RecordGroup): void {
    if (this.#group !== group) return;
    this.#group = undefined;
    const { sinks, timeoutMs, refused } = this.options;
    let offered = 0;
    for (const sink of sinks) if (sink.offer(group)) offered += 1;
    if (offered > 0) {
      group.expect(timeoutMs, () => refused(group.size));
      return;
    }
    refused(group.size);
    group.giveUp();
  }
}
