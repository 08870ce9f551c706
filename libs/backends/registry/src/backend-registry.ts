import { withFacade, type BreakerListener, type FacadeMetrics, type FacadeOptions } from '@coffer/backend-facade';
import type { Configuration, StoreConfiguration } from '@coffer/config';
import { isWithinNamespace, type SecretPath, type Tag } from '@coffer/secrets';
import type { Manager } from './manager.js';
import { openDefaultStore, openStore, type EmbeddedDatabase } from './open-store.js';

export interface RegistryOptions {
  /** Only a lone process has one. */
  readonly embedded?: EmbeddedDatabase;
  /** Milliseconds for one call of any store; default: the facade's. */
  readonly callTimeout?: number;
  /** Where the figures of the manager of that name go. */
  readonly metrics?: (manager: string) => FacadeMetrics;
}

type Scope = Pick<Manager, 'name' | 'tenant' | 'namespace'>;

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

/** Which store serves which tenant and namespace. */
export class BackendRegistry {
  private constructor(
    private readonly usual: Manager,
    /** Of one tenant each, longest namespace first. */
    private readonly bound: readonly Manager[],
  ) {}

  /** Derives keys (about 0.5 s for each store that has a `secret`); connects to nothing yet. Throws `configuration`. */
  static async open(
    configuration: Pick<Configuration, 'secret' | 'readOnly' | 'managers'>,
    options: RegistryOptions = {},
  ): Promise<BackendRegistry> {
    const general = options.callTimeout === undefined ? {} : { callTimeout: options.callTimeout };
    const managerOf = async (scope: Scope, store: StoreConfiguration | undefined): Promise<Manager> => {
      const backend =
        store === undefined ? openDefaultStore(options.embedded) : await openStore(store, options.embedded);
      const rules = store === undefined ? { readOnly: configuration.readOnly } : rulesOf(store);
      const metrics = options.metrics === undefined ? {} : { metrics: options.metrics(scope.name) };
      const facade = withFacade(backend, { ...general, ...rules, ...metrics });
      return { ...scope, backend: facade, readOnly: facade.readOnly };
    };
    const usual = await managerOf({ name: 'default' }, configuration.secret);
    const bound: Manager[] = [];
    for (const { tenant, namespace, store } of configuration.managers) {
      const scope =
        namespace === undefined ? { name: tenant, tenant } : { name: `${tenant}/${namespace}`, tenant, namespace };
      bound.push(await managerOf(scope, store));
    }
    bound.sort((a, b) => (b.namespace?.length ?? 0) - (a.namespace?.length ?? 0));
    return new BackendRegistry(usual, bound);
  }

  /** The manager bound to the nearest enclosing scope; without a namespace, the tenant's own or the default one. */
  managerFor(tenant: string, namespace?: string): Manager {
    const nearest = this.bound.find((manager) => {
      if (manager.tenant !== tenant) return false;
      if (manager.namespace === undefined) return true;
      return namespace !== undefined && isWithinNamespace(namespace, manager.namespace);
    });
    return nearest ?? this.usual;
  }

  storeOf(path: SecretPath): Manager {
    return this.managerFor(path.tenant, path.namespace);
  }

  /** All that serve any namespace of the tenant, each once. */
  managersOf(tenant: string): readonly Manager[] {
    return [...new Set([this.managerFor(tenant), ...this.bound.filter((manager) => manager.tenant === tenant)])];
  }

  managers(): readonly Manager[] {
    return [this.usual, ...this.bound];
  }

  /** Tells of every opening and closing of a circuit breaker from now on, with the store's latest failure. */
  onBreaker(listener: (manager: Manager, ...change: Parameters<BreakerListener>) => void): void {
    for (const manager of this.managers()) {
      manager.backend.onBreakerChange((open, failure) => listener(manager, open, failure));
    }
  }

  /** Closes every store, also where one of them fails to. */
  async close(): Promise<void> {
    await Promise.allSettled(this.managers().map(({ backend }) => backend.close()));
  }
}
