import type { CataloguedManager } from '@coffer/catalogue';

/** The store that serves a scope, as reads see it: behind its facade, which has the deadlines and retries. */
export interface StoreManager extends CataloguedManager {
  readonly readOnly: boolean;
}

/** Which manager serves what. The same scope always gets the same object. */
export interface StoreManagers {
  /** Of a namespace; without one, the tenant's default. */
  managerFor(tenant: string, namespace?: string): StoreManager;
  /** All that serve any namespace of the tenant, each once. */
  managersOf(tenant: string): readonly StoreManager[];
}
