import type { Backend, CallOptions } from '@coffer/backend-contract';
import { DecoratedBackend, type Operation } from './decorated-backend.js';

/** Tells of each call before it reaches the store. */
export class ObservedBackend extends DecoratedBackend {
  constructor(
    inner: Backend,
    private readonly onCall: (operation: Operation) => void,
  ) {
    super(inner);
  }

  protected override around<T>(operation: Operation, _call: CallOptions, run: () => Promise<T>): Promise<T> {
    this.onCall(operation);
    return run();
  }
}
