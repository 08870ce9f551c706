import type { LogEntry } from '@coffer/coherence';
import type { Applied, SecretPath } from '@coffer/secrets';

/** A write that took effect, where the log says so. */
export interface ChangeEvent extends Pick<LogEntry, 'shard' | 'offset' | 'timestamp'> {
  readonly type: 'change' | 'delete';
  readonly path: SecretPath;
  readonly operation: string;
  /** The sealed outcome, opened when a watcher is notified; empty after a delete or a cache drop. */
  readonly sealed: Uint8Array;
}

/** What a store held after a write, as far as watchers are notified of it. */
export type NotifiedOutcome = Pick<Applied, 'version' | 'revision'>;

/** An event of a stream of server-sent events. `data` says no value of a secret. */
export const eventText = (type: string, data: object, id?: string): string =>
  `event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** Keeps the connection, and says how far the stream has come: a client that has had no event for long resumes there. */
export const heartbeatText = (id: string): string => `: heartbeat\nid: ${id}\n\n`;

export const dataOf = (
  { path: { namespace, key }, operation }: Pick<ChangeEvent, 'path' | 'operation'>,
  outcome: NotifiedOutcome | undefined,
): object => ({
  ...{ namespace, key, operation },
  ...(outcome && { version: outcome.version, revision: outcome.revision }),
});
