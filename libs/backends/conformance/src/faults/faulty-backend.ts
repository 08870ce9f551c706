import type { Backend, CallOptions } from '@coffer/backend-contract';
import { CofferError, type StoreErrorCode } from '@coffer/secrets';
import { DecoratedBackend, type Operation } from './decorated-backend.js';

/** What happens to the calls of a {@link FaultyBackend} while it is set. */
export interface Fault {
  readonly code: StoreErrorCode;
  /** `before`: the store never sees the call. `after`: it does, and its answer is lost. */
  readonly when: 'before' | 'after';
  /** How many calls it befalls; default: every one until it is cleared. */
  readonly times?: number;
  /** Defaults to every operation. */
  readonly operations?: readonly Operation[];
}

/** Fails the calls that its fault names, in the way a store would. */
export class FaultyBackend extends DecoratedBackend {
  #fault: Fault | undefined;
  #left = 0;

  constructor(inner: Backend) {
    super(inner);
  }

  set(fault: Fault): void {
    this.#fault = fault;
    this.#left = fault.times ?? Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.#fault = undefined;
  }

  protected override async around<T>(operation: Operation, _call: CallOptions, run: () => Promise<T>): Promise<T> {
    const fault = this.#fault;
    if (fault === undefined || this.#left <= 0 || fault.operations?.includes(operation) === false) return run();
    this.#left -= 1;
    if (fault.when === 'after') await run();
    throw new CofferError(fault.code, `injected fault: ${fault.code} ${fault.when} the call`);
  }
}
