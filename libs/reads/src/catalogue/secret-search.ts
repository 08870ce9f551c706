import type { CatalogueEntry } from '@coffer/catalogue';
import { isWithinNamespace, namespaceAndParents } from '@coffer/secrets';
import { firstOf } from '../event-loop/first-of.js';
import { Pace } from '../event-loop/pace.js';
import type { CatalogueService } from './catalogue-service.js';
import { listedSections, type ListedSections, type Unlisted } from './listed-sections.js';
import type { ListedStores } from './list-service.js';
import type { RowOrder, RowOrigin, RowSource, SecretRow } from './secret-rows.js';

export const ROW_STATES = ['drifted', 'missing', 'ignored', 'writing'] as const;
export type RowState = (typeof ROW_STATES)[number];

export interface SearchRequest {
  readonly tenant: string;
  /** Defaults to every namespace of the tenant. */
  readonly namespace?: string | undefined;
  /** Whether those below the namespace are searched as well. */
  readonly children: boolean;
  /** Whether the secrets are added that the namespace sees in its parents. */
  readonly inherit: boolean;
  readonly visible: (namespace: string) => boolean;
  readonly matches: (entry: CatalogueEntry) => boolean;
  /** Rows without one of these are left out. Empty: every row is in. */
  readonly states: ReadonlySet<RowState>;
  readonly order: RowOrder;
  readonly limit: number;
  /** Rows that are left out at the beginning, or the position after which the page begins. */
  readonly from: number | readonly string[];
}

/** A row with what is worked out for those of a page alone. */
export interface FoundRow extends SecretRow {
  readonly states: readonly RowState[];
  /** The nearest visible parent that has a secret of the same key. */
  readonly shadows?: string;
}

export interface SearchPage {
  readonly rows: readonly FoundRow[];
  /** Exact number of all matches. */
  readonly total: number;
  /** Where the next page begins; absent on the last one. */
  readonly next?: readonly string[];
  readonly unlisted: readonly Unlisted[];
  /** Milliseconds of writes that may be missing; absent where none is. */
  readonly stalenessMs?: number;
}

/** Rows after which the clock is looked at: that takes longer than to judge one. */
const ROWS_BETWEEN_RESTS = 128;

/** Rows come in the order of their namespaces, so remembering one spares nearly all the work. */
const memo = <T>(find: (namespace: string) => T): ((namespace: string) => T) => {
  let last: string | undefined;
  let found: T;
  return (namespace) => {
    if (namespace !== last) [last, found] = [namespace, find(namespace)];
    return found;
  };
};

/** Searches secrets in the catalogue, without values, for tables. Errors are `CofferError`s. */
export class SecretSearch {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly stores: ListedStores,
  ) {}

  /** Throws what a store throws at its first listing only where none can be listed. */
  async search(request: SearchRequest): Promise<SearchPage> {
    const { order, limit, from } = request;
    const { sources, unlisted } = await this.#sources(request);
    const stalenessMs = await this.catalogue.stalenessMs();
    const pace = new Pace();
    const matches = await this.#matches(request, sources, pace);
    const rest = typeof from === 'number' ? matches : matches.filter((row) => order.isAfter(row, from));
    const skipped = typeof from === 'number' ? from : 0;
    const isOrdered =
      order.isByPlace && sources.length === 1 && !request.inherit && matches.every((row) => !row.missing);
    const ordered = isOrdered ? rest : await firstOf(rest, skipped + limit, order.compare, pace);
    const page = ordered.slice(skipped, skipped + limit);
    const last = page.at(-1);
    return {
      rows: page.map((row) => this.#found(request, row, sources)),
      total: matches.length,
      ...(last !== undefined && skipped + limit < rest.length ? { next: order.position(last) } : {}),
      unlisted,
      ...(stalenessMs === undefined ? {} : { stalenessMs }),
    };
  }

  /** The stores of the request, each with its section, once it is listed. */
  async #sources({ tenant, namespace, children, inherit }: SearchRequest): Promise<ListedSections> {
    const levels = namespace === undefined ? [] : inherit ? namespaceAndParents(namespace) : [namespace];
    const stores = levels.map((level) => this.stores.forNamespace(tenant, level));
    // The port's `forTenant` answers the same objects as `forNamespace`.
    if (children || namespace === undefined) stores.push(...(this.stores.forTenant(tenant) as typeof stores));
    return listedSections(this.catalogue, tenant, [...new Set(stores)]);
  }

  async #matches(request: SearchRequest, sources: readonly RowSource[], pace: Pace): Promise<SecretRow[]> {
    const originOf = memo(this.#originOf(request));
    const rows: SecretRow[] = [];
    const inherited = new Map<string, SecretRow>();
    const add = (entry: CatalogueEntry, source: RowSource, missing: boolean): void => {
      const origin = originOf(entry.namespace);
      if (origin === undefined || !request.matches(entry)) return;
      const row = { entry, source, origin, missing };
      if (request.states.size > 0 && !this.#statesOf(request.tenant, row).some((state) => request.states.has(state)))
        return;
      if (origin !== 'inherited') rows.push(row);
      else if (!this.#isHidden(request, row, sources)) inherited.set(`${entry.namespace}/${entry.key}`, row);
    };
    for (const source of sources) {
      // A copy: the section changes while this function waits.
      for (const [at, entry] of source.section.list().slice().entries()) {
        if (at % ROWS_BETWEEN_RESTS === 0 && pace.due()) await pace.rest();
        add(entry, source, false);
      }
      for (const { kind, entry } of source.section.drifted.all) {
        if (kind === 'deleted' && source.section.find(entry) === undefined) add(entry, source, true);
      }
    }
    rows.push(...inherited.values());
    return rows;
  }

  #originOf({ namespace: asked, children, inherit, visible }: SearchRequest) {
    const parents = new Set(asked === undefined || !inherit ? [] : namespaceAndParents(asked).slice(1));
    return (namespace: string): RowOrigin | undefined => {
      if (!visible(namespace)) return undefined;
      if (asked === undefined || namespace === asked) return 'here';
      if (children && isWithinNamespace(namespace, asked)) return 'child';
      return parents.has(namespace) ? 'inherited' : undefined;
    };
  }

  /** Whether a nearer level that the caller sees has the key: the namespace does not see this one. */
  #isHidden({ namespace = '', visible }: SearchRequest, { entry }: SecretRow, sources: readonly RowSource[]): boolean {
    for (const level of namespaceAndParents(namespace)) {
      if (level === entry.namespace) return false;
      const place = { namespace: level, key: entry.key };
      if (visible(level) && sources.some(({ section }) => section.find(place) !== undefined)) return true;
    }
    return false;
  }

  #found({ tenant, visible }: SearchRequest, row: SecretRow, sources: readonly RowSource[]): FoundRow {
    const { key, namespace } = row.entry;
    const shadows = namespaceAndParents(namespace)
      .slice(1)
      .find(
        (parent) =>
          visible(parent) && sources.some(({ section }) => section.find({ namespace: parent, key }) !== undefined),
      );
    const states = this.#statesOf(tenant, row);
    return { ...row, states, ...(shadows === undefined ? {} : { shadows }) };
  }

  #statesOf(tenant: string, { entry, source, missing }: SecretRow): readonly RowState[] {
    const ignored = source.section.drifted.isIgnored(entry);
    const drifted = !missing && !ignored && source.section.drifted.find(entry) !== undefined;
    const writing = this.catalogue.isUnderWay(tenant, entry);
    return ROW_STATES.filter((state) => ({ drifted, missing: missing && !ignored, ignored, writing })[state]);
  }
}
