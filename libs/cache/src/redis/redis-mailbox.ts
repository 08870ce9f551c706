import { Cluster } from 'ioredis';
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
  /** Called with whatever sending or listening failed with; both are tried again. */
  readonly onError: (error: unknown) => void;
}

/** A subscription that failed is tried again after this. */
const RETRY_DELAY_MS = 1_000;
/**
 * Where nobody has heard a heartbeat for so long, the connection is made anew: the node may have become a
 * replica, which takes messages without an error and passes them on to nobody.
 */
const UNHEARD_MS = 5_000;

/**
 * Heartbeats as messages of Redis, sealed: those that come to post in one turn of the event loop travel together, and
 * Redis keeps none of them.
 */
export class RedisMailbox implements HeartbeatMailbox {
  readonly #codec: HeartbeatCodec;
  readonly #listeners = new Set<(heartbeat: Heartbeat) => void>();
  #waiting: Heartbeat[] = [];
  #subscriber: Connection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #forgetRing: () => void;
  /** Since when nobody hears; `undefined` while somebody does. */
  #unheardSince: number | undefined;

  constructor(private readonly options: RedisMailboxOptions) {
    this.#codec = new HeartbeatCodec(options.ring);
    this.#forgetRing = options.ring.onChange(() => {
      if (this.#subscriber?.status === 'ready') void this.#subscribe(this.#subscriber);
    });
  }

  post(heartbeat: Heartbeat): void {
    if (this.#waiting.length === 0) setImmediate(() => void this.#send());
    const yields = ({ shard, nonce }: Heartbeat): boolean => shard === heartbeat.shard && nonce === undefined;
    this.#waiting = [...this.#waiting.filter((earlier) => !yields(earlier)), heartbeat];
  }

  listen(listener: (heartbeat: Heartbeat) => void): () => void {
    this.#listeners.add(listener);
    this.#subscriber ??= this.#connectSubscriber();
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#forgetRing();
    clearTimeout(this.#retry);
    this.#listeners.clear();
    // What waits for its turn is sent before: a last heartbeat gives a lease back.
    await new Promise((resolve) => setImmediate(resolve));
    await this.options.connection.quit().catch(() => undefined);
    this.options.connection.disconnect();
    this.#subscriber?.disconnect();
  }

  async #send(): Promise<void> {
    const { connection, ring, onError } = this.options;
    const message = this.#codec.encode(this.#waiting);
    this.#waiting = [];
    try {
      this.#published(await connection.publish(channelOf(ring, ring.activeId), message));
    } catch (error) {
      onError(error);
    }
  }

  /** `receivers`: of that node; in a cluster others may have more. */
  #published(receivers: number): void {
    const { connection } = this.options;
    if (receivers > 0 || connection instanceof Cluster) {
      this.#unheardSince = undefined;
      return;
    }
    const now = performance.now();
    this.#unheardSince ??= now;
    if (this.#closed || now - this.#unheardSince < UNHEARD_MS) return;
    this.#unheardSince = now;
    connection.disconnect(true);
  }

  #connectSubscriber(): Connection {
    const subscriber = this.options.subscribe();
    subscriber.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
      for (const heartbeat of this.#codec.decode(message)) {
        for (const listener of this.#listeners) listener(heartbeat);
      }
    });
    subscriber.on('ready', () => void this.#subscribe(subscriber));
    return subscriber;
  }

  /** Under every key of the ring: during a rotation readers may have another one active. */
  async #subscribe(subscriber: Connection): Promise<void> {
    const { ring, onError } = this.options;
    clearTimeout(this.#retry);
    try {
      await subscriber.subscribe(...ring.ids.map((id) => channelOf(ring, id)));
    } catch (error) {
      if (this.#closed) return;
      onError(error);
      this.#retry = setTimeout(() => {
        if (subscriber.status === 'ready') void this.#subscribe(subscriber);
      }, RETRY_DELAY_MS);
    }
  }
}
