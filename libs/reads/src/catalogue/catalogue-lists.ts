import type { CatalogueEntry } from '@coffer/catalogue';
import { compareCodePoints, namespaceAndParents } from '@coffer/secrets';
import { mergePaced } from '../event-loop/paced-sort.js';
import { Pace } from '../event-loop/pace.js';
import type { Aged, ListedSecret, ListService } from '../read-service.js';
import type { CatalogueService } from './catalogue-service.js';
import type { StoreManagers } from '../store-managers.js';

const byPath = (a: ListedSecret, b: ListedSecret): number =>
  compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.key, b.key);

/** Answers lists from the catalogue: complete as of the call while the log can be read to its end. */
export class CatalogueLists implements ListService {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly managers: StoreManagers,
  ) {}

  async list(tenant: string, namespace?: string): Promise<Aged<readonly ListedSecret[]>> {
    const { managers, catalogue } = this;
    const asked = namespace === undefined ? managers.managersOf(tenant) : [managers.managerFor(tenant, namespace)];
    const sections = await Promise.all(asked.map((manager) => catalogue.section(tenant, manager)));
    const age = await catalogue.age();
    const lists = sections.map((section): readonly CatalogueEntry[] => section.list(namespace));
    if (lists.length === 1) return aged(lists[0] ?? [], age);
    // As they are now: `list` shows later changes.
    const copies = lists.map((list) => list.slice());
    return aged(await mergePaced(copies, byPath, new Pace()), age);
  }

  async inherited(tenant: string, namespace: string): Promise<Aged<ReadonlyMap<string, readonly string[]>>> {
    const { managers, catalogue } = this;
    const levels = await Promise.all(
      namespaceAndParents(namespace).map(async (level) => {
        const section = await catalogue.section(tenant, managers.managerFor(tenant, level));
        return { level, section };
      }),
    );
    const age = await catalogue.age();
    const keys = levels.map(({ level, section }) => [level, section.list(level).map(({ key }) => key)] as const);
    return aged(new Map(keys), age);
  }

  readOnly(tenant: string, namespace?: string): boolean {
    return this.managers.managerFor(tenant, namespace).readOnly;
  }
}

const aged = <T>(content: T, age: number | undefined): Aged<T> => ({ content, ...(age === undefined ? {} : { age }) });
