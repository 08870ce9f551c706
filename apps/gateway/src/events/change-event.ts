import type { LogEntry } from '@coffer/coherence';
import type { SecretPath } from '@coffer/secrets';

/** A write that took effect, where the log says so. */
export interface ChangeEvent extends Pick<LogEntry, 'shard' | 'offset' | 'timestamp'> {
  readonly type: 'change' | 'delete';
  readonly path: SecretPath;
  readonly operation: string;
  /** Absent where nobody watched when the record was read, and after a delete or a cache drop. */
  readonly version?: string;
}

/** An event of a stream of server-sent events. `data` says no value of a secret. */
export const eventText = (type: string, data: object, id?: string): string =>
  `event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** Keeps the connection, and says how far the stream has come: a client that was told of nothing for long resumes there. */
export const heartbeatText = (id: string): string => `: heartbeat\nid: ${id}\n\n`;

export const dataOf = ({ path: { namespace, key }, operation, version }: ChangeEvent): object => ({
  ...{ namespace, key, operation },
  ...(version === undefined ? {} : { version }),
});
