import type { Metrics as AllMetrics } from '@coffer/observability';
import { CofferError, SecretPath } from '@coffer/secrets';
import type { EventHub } from '../events/event-hub.js';

/** Reads that wait at the same time, of a process and of one caller; each has a connection. */
const MAX_WAITERS = 1_000;
const MAX_OF_CALLER = 100;

type Metrics = Pick<AllMetrics, 'refusals' | 'changeWaiters'>;

/** Why a waiter wakes: of a change without Coffer no cache knows. `end`: the process is about to end. */
export type Wake = 'change' | 'drift' | 'end';

/** Waits for changes of any of its paths: none is missed between two calls of `next`. */
export class ChangeWaiter {
  #pending: Wake | undefined;
  #failure: Error | undefined;
  #waiting: PromiseWithResolvers<Wake> | undefined;

  constructor(
    readonly caller: string,
    readonly paths: readonly string[],
    readonly tenant: string,
  ) {}

  /** Resolves at a change since the call before, or at once where there was one. Rejects with what `fail` was given. */
  async next(): Promise<Wake> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pending === undefined) {
      this.#waiting ??= Promise.withResolvers();
      await this.#waiting.promise;
    }
    const wake = this.#pending ?? 'change';
    if (wake !== 'end') this.#pending = undefined;
    return wake;
  }

  wake(reason: Wake): void {
    if (this.#pending !== 'end' && !(this.#pending === 'drift' && reason === 'change')) this.#pending = reason;
    this.#waiting?.resolve(reason);
    this.#waiting = undefined;
  }

  /** Nobody may wait here any more. */
  fail(error: Error): void {
    this.#failure = error;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

/** Who waits for the next change of a secret, as the log and the listings of stores tell it. */
export class ChangeWaiters {
  readonly #all = new Set<ChangeWaiter>();
  readonly #byPath = new Map<string, Set<ChangeWaiter>>();
  #closed = false;

  constructor(
    hub: Pick<EventHub, 'onChange'>,
    private readonly metrics: Metrics,
  ) {
    hub.onChange.add((tenant, path, isDrift) => {
      if (this.#all.size === 0) return;
      const reason = isDrift ? 'drift' : 'change';
      for (const waiter of this.#of(tenant, path)) waiter.wake(reason);
    });
  }

  /** To be given back by `release`. Throws `overloaded`, or `rate-limited` for a caller who has too many. */
  open(caller: string, paths: readonly SecretPath[], tenant: string): ChangeWaiter {
    this.#requireRoom(caller);
    const waiter = new ChangeWaiter(
      caller,
      paths.map((path) => path.toString()),
      tenant,
    );
    this.#all.add(waiter);
    for (const path of waiter.paths) {
      const waiters = this.#byPath.get(path) ?? new Set();
      this.#byPath.set(path, waiters.add(waiter));
    }
    this.metrics.changeWaiters.set(this.#all.size);
    return waiter;
  }

  /** The process is about to end. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#all) waiter.wake('end');
  }

  release(waiter: ChangeWaiter): void {
    this.#all.delete(waiter);
    for (const path of waiter.paths) {
      const waiters = this.#byPath.get(path);
      waiters?.delete(waiter);
      if (waiters?.size === 0) this.#byPath.delete(path);
    }
    this.metrics.changeWaiters.set(this.#all.size);
  }

  #of(tenant: string, path: { readonly namespace: string; readonly key: string } | undefined) {
    if (path === undefined) return [...this.#all].filter((waiter) => waiter.tenant === tenant);
    return this.#byPath.get(SecretPath.of(tenant, path.namespace, path.key).toString()) ?? [];
  }

  #requireRoom(caller: string): void {
    const refuse = (code: 'overloaded' | 'rate-limited', message: string): never => {
      this.metrics.refusals.inc({ budget: 'change-waiters' });
      throw new CofferError(code, message);
    };
    if (this.#closed || this.#all.size >= MAX_WAITERS) {
      refuse('overloaded', `${MAX_WAITERS} reads wait for a change; try again, at another gateway or without wait`);
    }
    const own = [...this.#all].filter((waiter) => waiter.caller === caller).length;
    if (own >= MAX_OF_CALLER) {
      refuse('rate-limited', `a caller may have ${MAX_OF_CALLER} reads that wait; watch the change stream instead`);
    }
  }
}
