import { setTimeout as delay } from 'node:timers/promises';
import type { Backend, CallOptions } from '@coffer/backend-contract';
import { CofferError } from '@coffer/secrets';
import { DecoratedBackend, type Operation } from './decorated-backend.js';

/** Adds latency before each call; throws `timeout`, without asking the store, when the signal fires in that time. */
export class SlowBackend extends DecoratedBackend {
  constructor(
    inner: Backend,
    /** In milliseconds; asked anew for each call. */
    private readonly latency: (operation: Operation) => number,
  ) {
    super(inner);
  }

  protected override async around<T>(operation: Operation, call: CallOptions, run: () => Promise<T>): Promise<T> {
    try {
      await delay(this.latency(operation), undefined, { signal: call.signal });
    } catch {
      throw new CofferError('timeout', 'the store did not answer in time');
    }
    return run();
  }
}
