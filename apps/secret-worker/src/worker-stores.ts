import type { SecretPath } from '@coffer/secrets';
import type { Backend } from '@coffer/backend-contract';

/** A store as the worker sees it: behind its facade, under the name of its manager. */
export interface WorkerStore {
  readonly name: string;
  readonly backend: Backend;
}

/** Which store a path belongs to, and what the circuit breakers say. */
export interface WorkerStores {
  of(path: SecretPath): WorkerStore;
  /** Tells of every opening and closing from now on. */
  onBreaker(listener: (store: WorkerStore, open: boolean) => void): void;
}
