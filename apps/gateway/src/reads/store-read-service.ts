import type { CallOptions, SecretEntry } from '@coffer/backend-contract';
import { CofferError, SecretPath, compareCodePoints, namespaceAndParents } from '@coffer/secrets';
import type { ListedSecret, ReadService, ResolvedSecret, ResolveRequest } from './read-service.js';
import type { StoreManager, StoreManagers } from './store-managers.js';
import { subkeyOf } from './subkey.js';

const byPath = (a: ListedSecret, b: ListedSecret): number =>
  compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.key, b.key);

const listed = ({ path, metadata }: SecretEntry): ListedSecret => ({
  key: path.key,
  namespace: path.namespace,
  ...(metadata.description === undefined ? {} : { description: metadata.description }),
  tags: metadata.tags,
});

/** One per call, since what listens to a signal stays with it; the facade's deadline is the one that counts. */
const newCall = (): CallOptions => ({ signal: new AbortController().signal });

/**
 * Answers from the stores themselves, each time: as fresh as the store, and as slow. Levels of an inherited resolve are
 * asked one after the other, the child first; a level that fails is an error, never an absence.
 */
export class StoreReadService implements ReadService {
  constructor(private readonly managers: StoreManagers) {}

  async resolve({ path, inherit, subkey, visible }: ResolveRequest): Promise<ResolvedSecret> {
    const levels = inherit ? namespaceAndParents(path.namespace) : [path.namespace];
    const tried = levels.filter(visible);
    for (const namespace of tried) {
      const at = namespace === path.namespace ? path : SecretPath.of(path.tenant, namespace, path.key);
      const found = await this.managers.managerFor(path.tenant, namespace).backend.read(at, newCall());
      if (found === undefined) continue;
      const value = subkey === undefined ? found.value : subkeyOf(found.value, subkey);
      return { path: at, value, version: found.version };
    }
    throw new CofferError('not-found', `there is no secret '${path.key}' in ${tried.join(', ')}`, {
      key: path.key,
      namespaces: tried,
    });
  }

  async list(tenant: string, namespace?: string): Promise<readonly ListedSecret[]> {
    if (namespace !== undefined) {
      return this.#entries(this.managers.managerFor(tenant, namespace), tenant, namespace);
    }
    const managers = this.managers.managersOf(tenant);
    const lists = await Promise.all(
      managers.map(async (manager) => {
        const entries = await this.#entries(manager, tenant);
        return managers.length === 1
          ? entries
          : entries.filter((entry) => this.managers.managerFor(tenant, entry.namespace) === manager);
      }),
    );
    return lists.length === 1 ? (lists[0] ?? []) : lists.flat().sort(byPath);
  }

  async inherited(tenant: string, namespace: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const levels = await Promise.all(
      namespaceAndParents(namespace).map(async (level) => {
        const entries = await this.list(tenant, level);
        return [level, entries.map(({ key }) => key)] as const;
      }),
    );
    return new Map(levels);
  }

  readOnly(tenant: string, namespace?: string): boolean {
    return this.managers.managerFor(tenant, namespace).readOnly;
  }

  async #entries({ backend }: StoreManager, tenant: string, namespace?: string): Promise<readonly ListedSecret[]> {
    const entries: ListedSecret[] = [];
    const scope = { tenant, ...(namespace === undefined ? {} : { namespace }) };
    for await (const page of backend.list(scope, newCall())) entries.push(...page.map(listed));
    return entries;
  }
}
