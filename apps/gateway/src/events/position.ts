import type { LogEntry } from '@coffer/coherence';

/** How far a log was read: of each shard the offset of the latest record, and when the latest of all was written. */
export interface Position {
  /** `CoherenceLog.identity`. */
  readonly log: string;
  /** Milliseconds since the Unix epoch, by the log's clock. */
  readonly timestamp: number;
  /** The offset of the latest record that was read, for each shard; -1 where nothing was read. */
  readonly offsets: readonly bigint[];
}

const TEXT = /^[0-9a-f]{1,64}\.[0-9a-z]{1,12}(\.[0-9a-z]{0,16})+$/;

export const positionText = ({ log, timestamp, offsets }: Position): string =>
  [log, ...[timestamp, ...offsets].map((number) => (number < 0 ? '' : number.toString(36)))].join('.');

const parseBase36 = (text: string): bigint =>
  [...text].reduce((sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)), 0n);

/** `undefined` for what is no position of this log, which has so many shards. */
export const parsePosition = (text: string, log: string, shards: number): Position | undefined => {
  const [named, timestamp = '', ...offsets] = TEXT.test(text) ? text.split('.') : [];
  if (named !== log || offsets.length !== shards) return undefined;
  return {
    log,
    timestamp: Number(parseBase36(timestamp)),
    offsets: offsets.map((offset) => (offset === '' ? -1n : parseBase36(offset))),
  };
};

/** The position behind a record that was read at a position. */
export const advanced = (
  { log, timestamp, offsets }: Position,
  entry: Pick<LogEntry, 'shard' | 'offset' | 'timestamp'>,
): Position => ({
  log,
  timestamp: Math.max(timestamp, entry.timestamp),
  offsets: offsets.map((offset, shard) => (shard === entry.shard && entry.offset > offset ? entry.offset : offset)),
});
