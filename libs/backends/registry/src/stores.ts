import { withFacade, type BreakerListener, type FacadeMetrics, type FacadeOptions } from '@coffer/backend-facade';
import type { EmbeddedDatabase } from '@coffer/backend-jdbc';
import type { Configuration, ManagerConfiguration, StoreConfiguration } from '@coffer/config';
import { isWithinNamespace, type SecretPath, type Tag } from '@coffer/secrets';
import { openBackend, openDefaultBackend } from './open-backend.js';
import type { Store } from './store.js';

export interface StoresOptions {
  /** Only a lone process has one. */
  readonly embedded?: EmbeddedDatabase;
  /** Deadline of one call of any store, in milliseconds; defaults to the facade's. */
  readonly callTimeoutMs?: number;
  /** Where the metrics of the store of that name go. */
  readonly metrics?: (store: string) => FacadeMetrics;
}

type Scope = Pick<Store, 'name' | 'tenant' | 'namespace'>;

const tagsOf = (map: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(map).map(([key, value]) => ({ key, value }));

const rulesOf = ({
  readOnly,
  tags,
  filterOnTags,
  excludedTags,
  filterOnPrefix,
}: StoreConfiguration): FacadeOptions => ({
  readOnly,
  defaultTags: tagsOf(tags),
  filterOnTags: tagsOf(filterOnTags),
  excludedTags: tagsOf(excludedTags),
  ...(filterOnPrefix === undefined ? {} : { filterOnPrefix }),
});

const nameOf = ({ tenant, namespace }: Pick<ManagerConfiguration, 'tenant' | 'namespace'>): string =>
  namespace === undefined ? tenant : `${tenant}/${namespace}`;

/** The name of the store that serves what no other one does. */
export const DEFAULT_STORE = 'default';

/** What the configuration says about the store of that name; `undefined` for one that it does not have. */
export const storeSettings = (
  { secret, managers }: Pick<Configuration, 'secret' | 'managers'>,
  name: string,
): StoreConfiguration | undefined =>
  name === DEFAULT_STORE ? secret : managers.find((manager) => nameOf(manager) === name)?.store;

/** Which store serves which tenant and namespace. */
export class Stores {
  readonly #scoped: readonly Store[];

  /** `scoped`: of one tenant each. */
  constructor(
    private readonly defaultStore: Store,
    scoped: readonly Store[] = [],
  ) {
    this.#scoped = scoped.toSorted((a, b) => (b.namespace?.length ?? 0) - (a.namespace?.length ?? 0));
  }

  /** Derives keys (about 0.5 s for each store that has a `secret`); connects to nothing yet. Throws `configuration`. */
  static async open(
    configuration: Pick<Configuration, 'secret' | 'readOnly' | 'managers'>,
    options: StoresOptions = {},
  ): Promise<Stores> {
    const general = options.callTimeoutMs === undefined ? {} : { callTimeoutMs: options.callTimeoutMs };
    const opened = async (scope: Scope, store: StoreConfiguration | undefined): Promise<Store> => {
      const backend =
        store === undefined ? await openDefaultBackend(options.embedded) : await openBackend(store, options.embedded);
      const rules = store === undefined ? { readOnly: configuration.readOnly } : rulesOf(store);
      const metrics = options.metrics === undefined ? {} : { metrics: options.metrics(scope.name) };
      const facade = withFacade(backend, { ...general, ...rules, ...metrics });
      return { ...scope, backend: facade, readOnly: facade.readOnly };
    };
    const defaultStore = await opened({ name: DEFAULT_STORE }, configuration.secret);
    const scoped: Store[] = [];
    for (const manager of configuration.managers) {
      const { tenant, namespace, store } = manager;
      const scope = { name: nameOf(manager), tenant, ...(namespace === undefined ? {} : { namespace }) };
      scoped.push(await opened(scope, store));
    }
    return new Stores(defaultStore, scoped);
  }

  /** The store of the path's namespace. */
  of(path: SecretPath): Store {
    return this.forNamespace(path.tenant, path.namespace);
  }

  /** The store bound to the nearest enclosing scope; without a namespace, the tenant's own or the default one. */
  forNamespace(tenant: string, namespace?: string): Store {
    const nearest = this.#scoped.find((store) => {
      if (store.tenant !== tenant) return false;
      if (store.namespace === undefined) return true;
      return namespace !== undefined && isWithinNamespace(namespace, store.namespace);
    });
    return nearest ?? this.defaultStore;
  }

  /** All that serve any namespace of the tenant, each once. */
  forTenant(tenant: string): readonly Store[] {
    return [...new Set([this.forNamespace(tenant), ...this.#scoped.filter((store) => store.tenant === tenant)])];
  }

  all(): readonly Store[] {
    return [this.defaultStore, ...this.#scoped];
  }

  /** Tells of every opening and closing of a circuit breaker from now on, with the store's latest failure. */
  onBreaker(listener: (store: Store, ...change: Parameters<BreakerListener>) => void): void {
    for (const store of this.all()) {
      store.backend.onBreakerChange((open, failure) => listener(store, open, failure));
    }
  }

  /** Closes every store, also where one of them fails to. */
  async close(): Promise<void> {
    await Promise.allSettled(this.all().map(({ backend }) => backend.close()));
  }
}
