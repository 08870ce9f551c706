import type { Heartbeat } from '@coffer/coherence';

/** The way of heartbeats from readers to the coordinators of their shards. They may be lost, late or repeated. */
export interface HeartbeatMailbox {
  /** Sends without waiting; never throws. Of several for one shard at once, those without a nonce may yield to the last. */
  post(heartbeat: Heartbeat): void;
  /** Hands every heartbeat of every shard to the listener from about now on, until the answer is called. */
  listen(listener: (heartbeat: Heartbeat) => void): () => void;
  close(): Promise<void>;
}
