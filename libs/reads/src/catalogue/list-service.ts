import type { CataloguedStore, CataloguedStores, CatalogueEntry } from '@coffer/catalogue';
import { compareCodePoints, namespaceAndParents, type SecretPath, type Tag } from '@coffer/secrets';
import { mergePaced } from '../event-loop/paced-sort.js';
import { Pace } from '../event-loop/pace.js';
import type { CatalogueService } from './catalogue-service.js';
import { listedSections, type ListedSections } from './listed-sections.js';

type ListedStore = CataloguedStore & { readonly readOnly: boolean };

export interface ListedStores extends CataloguedStores {
  forNamespace(tenant: string, namespace?: string): ListedStore;
}

export interface ListedSecret {
  readonly key: string;
  readonly namespace: string;
  readonly description?: string | undefined;
  readonly tags: readonly Tag[];
}

const byPath = (a: ListedSecret, b: ListedSecret): number =>
  compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.key, b.key);

/** What is known, and how old it may be. */
export interface Stale<T> {
  readonly content: T;
  /** Absent where it has every write that was answered before the call. */
  readonly stalenessMs?: number;
}

/**
 * Answers lists from the catalogue, without values: complete as of the call while the log can be read to its end. Errors
 * are `CofferError`s.
 */
export class ListService {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly managers: ListedStores,
  ) {}

  /** Every secret of the tenant, or of one namespace, in the order of namespace and key. To be used at once: later changes show in it. */
  async list(tenant: string, namespace?: string): Promise<Stale<readonly ListedSecret[]>> {
    const { managers, catalogue } = this;
    const asked = namespace === undefined ? managers.forTenant(tenant) : [managers.forNamespace(tenant, namespace)];
    const sections = await Promise.all(asked.map((manager) => catalogue.section(tenant, manager)));
    const stalenessMs = await catalogue.stalenessMs();
    const lists = sections.map((section): readonly CatalogueEntry[] => section.list(namespace));
    if (lists.length === 1) return staleBy(lists[0] ?? [], stalenessMs);
    // As they are now: `list` shows later changes.
    const copies = lists.map((list) => list.slice());
    return staleBy(await mergePaced(copies, byPath, new Pace()), stalenessMs);
  }

  /** What is known of the tenant in each of its stores, as far as they can be listed; see `listedSections`. */
  async sections(tenant: string): Promise<Stale<ListedSections>> {
    // The port's `forTenant` answers the same objects as `forNamespace`.
    const stores = this.managers.forTenant(tenant) as readonly ListedStore[];
    const content = await listedSections(this.catalogue, tenant, stores);
    return staleBy(content, await this.catalogue.stalenessMs());
  }

  /** The keys of the namespace and of each of its parents, by namespace; an entry for each level, also an empty one. */
  async inherited(tenant: string, namespace: string): Promise<Stale<ReadonlyMap<string, readonly string[]>>> {
    const { managers, catalogue } = this;
    const levels = await Promise.all(
      namespaceAndParents(namespace).map(async (level) => {
        const section = await catalogue.section(tenant, managers.forNamespace(tenant, level));
        return { level, section };
      }),
    );
    const stalenessMs = await catalogue.stalenessMs();
    const keys = levels.map(({ level, section }) => [level, section.list(level).map(({ key }) => key)] as const);
    return staleBy(new Map(keys), stalenessMs);
  }

  /** What is known of a secret: of every write that was answered before the call, where the log can be read to its end. */
  async find(path: SecretPath): Promise<CatalogueEntry | undefined> {
    const section = await this.catalogue.section(path.tenant, this.managers.forNamespace(path.tenant, path.namespace));
    await this.catalogue.stalenessMs();
    return section.find(path);
  }

  /** What is known of a secret in this very step; `undefined` where it is absent, or its store's list is not known. */
  known(path: SecretPath): CatalogueEntry | undefined {
    return this.catalogue.known(path, this.managers.forNamespace(path.tenant, path.namespace));
  }

  /** Whether the store of the namespace, or without one the tenant's default store, refuses writes. */
  readOnly(tenant: string, namespace?: string): boolean {
    return this.managers.forNamespace(tenant, namespace).readOnly;
  }
}

const staleBy = <T>(content: T, stalenessMs: number | undefined): Stale<T> => ({
  content,
  ...(stalenessMs === undefined ? {} : { stalenessMs }),
});
