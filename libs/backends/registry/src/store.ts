import type { BackendFacade } from '@coffer/backend-facade';

/** A backend behind its own facade and circuit breaker, and the scope that it serves. */
export interface Store {
  /** Unique in a process and the same at every start: `default`, `TENANT` or `TENANT/NAMESPACE`. */
  readonly name: string;
  /** Absent for the default store, which serves every tenant. */
  readonly tenant?: string;
  /** The namespace that it serves, with its children; defaults to all of the tenant. */
  readonly namespace?: string;
  readonly backend: BackendFacade;
  readonly readOnly: boolean;
}
