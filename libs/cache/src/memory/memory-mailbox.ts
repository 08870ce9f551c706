import type { Heartbeat } from '@coffer/coherence';
import type { HeartbeatMailbox } from '../heartbeat-mailbox.js';

/** Hands each heartbeat over before `post` returns. */
export class MemoryMailbox implements HeartbeatMailbox {
  readonly #listeners = new Set<(heartbeat: Heartbeat) => void>();

  post(heartbeat: Heartbeat): void {
    for (const listener of this.#listeners) listener(heartbeat);
  }

  listen(listener: (heartbeat: Heartbeat) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }
}
