import type { Heartbeat } from '@coffer/coherence';
import type { KeyRing } from '@coffer/crypto';
import type { HeartbeatMailbox } from '../heartbeat-mailbox.js';
import { HeartbeatCodec } from '../sealed/heartbeat-codec.js';
import type { Connection } from './connection.js';
import { channelOf } from './names.js';

export interface RedisMailboxOptions {
  readonly connection: Connection;
  /** Makes the connection that listens, which can do nothing else. */
  readonly subscribe: () => Connection;
  readonly ring: KeyRing;
}

/**
 * Heartbeats as messages of Redis, sealed: those that come to post in one turn of the event loop travel together, and
 * Redis keeps none of them.
 */
export class RedisMailbox implements HeartbeatMailbox {
  readonly #codec: HeartbeatCodec;
  readonly #listeners = new Set<(heartbeat: Heartbeat) => void>();
  #waiting: Heartbeat[] = [];
  #subscriber: Connection | undefined;

  constructor(private readonly options: RedisMailboxOptions) {
    this.#codec = new HeartbeatCodec(options.ring);
  }

  post(heartbeat: Heartbeat): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#send());
    const yields = ({ shard, nonce }: Heartbeat): boolean => shard === heartbeat.shard && nonce === undefined;
    this.#waiting = [...this.#waiting.filter((earlier) => !yields(earlier)), heartbeat];
  }

  listen(listener: (heartbeat: Heartbeat) => void): () => void {
    this.#listeners.add(listener);
    this.#subscriber ??= this.#subscribe();
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    // What waits for its turn is sent before: a last heartbeat gives a lease back.
    await new Promise((resolve) => setImmediate(resolve));
    await this.options.connection.quit().catch(() => undefined);
    this.options.connection.disconnect();
    this.#subscriber?.disconnect();
  }

  #send(): void {
    const { connection, ring } = this.options;
    const message = this.#codec.encode(this.#waiting);
    this.#waiting = [];
    connection.publish(channelOf(ring, ring.activeId), message).catch(() => undefined);
  }

  /** Under every key of the ring: during a rotation readers may have another one active. */
  #subscribe(): Connection {
    const { ring, subscribe } = this.options;
    const subscriber = subscribe();
    subscriber.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
      for (const heartbeat of this.#codec.decode(message)) {
        for (const listener of this.#listeners) listener(heartbeat);
      }
    });
    // Where it fails for good (a missing permission) there are no leases; the connection's trouble was told.
    subscriber.subscribe(...ring.ids.map((id) => channelOf(ring, id))).catch(() => undefined);
    return subscriber;
  }
}
