import { PERMISSIONS, may, visibleNamespace, type Principal } from '@coffer/access';
import { ListService, namespaceTree, SecretSearch, type FoundRow } from '@coffer/reads';
import { CofferError, parseNamespace } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import { Endpoint } from '../../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../../http/endpoint/endpoint.js';
import type { StoreRegistry } from '../../process/gateway-parts.js';
import { STORES } from '../../process/tokens.js';
import { describeNamespace, listNamespaces, searchSecrets } from './tables.endpoints.js';
import type { namespaceNodes, secretRow } from './schemas.js';
import { cursorOf, matcherOf, orderOf, positionOf, statesOf } from './search-request.js';

type NodeAnswer = z.input<typeof namespaceNodes>['namespaces'][number];

/** RFC 9111: seconds since the list was certainly complete. Absent where it is complete as of the request. */
const ageHeader = (stalenessMs: number | undefined): Readonly<Record<string, string>> =>
  stalenessMs === undefined ? {} : { age: String(Math.ceil(stalenessMs / 1_000)) };

const summaryOf = ({ name, backend, readOnly }: FoundRow['source']['store']) => ({
  name,
  type: backend.capabilities.store,
  readOnly,
});

const rowOf = ({ entry, source, origin, missing, states, shadows }: FoundRow): z.input<typeof secretRow> => ({
  key: entry.key,
  namespace: entry.namespace,
  origin: { kind: origin, ...(shadows === undefined ? {} : { shadows }) },
  ...(entry.description === undefined ? {} : { description: entry.description }),
  tags: entry.tags.map(({ key, value }) => ({ key, value })),
  store: summaryOf(source.store),
  ...(entry.changedAt === undefined ? {} : { changed: new Date(entry.changedAt).toISOString() }),
  ...(missing ? {} : { version: entry.version }),
  states: [...states],
});

/** Namespaces that the caller has a grant for by name: they are known to whoever reads the configuration. */
const namedOf = ({ grants }: Principal, tenant: string): readonly string[] => [
  ...new Set(
    grants
      .filter((grant) => (grant.tenant === tenant || grant.tenant === '*') && grant.namespace !== '*')
      .map(({ namespace }) => namespace),
  ),
];

/** What the console's tables show. Whoever calls sees the namespaces that they may list, and no trace of others. */
@Controller()
export class TablesController {
  constructor(
    @Inject(SecretSearch) private readonly secrets: SecretSearch,
    @Inject(ListService) private readonly lists: ListService,
    @Inject(STORES) private readonly stores: StoreRegistry,
  ) {}

  @Endpoint(searchSecrets)
  async search({ tenant, principal, query }: Call<typeof searchSecrets>): Promise<Answer<typeof searchSecrets>> {
    const { children, inherit, limit, cursor, offset } = query;
    const namespace = query.namespace === undefined ? undefined : parseNamespace(query.namespace);
    if (cursor !== undefined && offset !== undefined) {
      throw new CofferError('invalid', 'invalid query: a page begins at an offset or behind a cursor, not at both');
    }
    const order = orderOf(query.sort);
    const page = await this.secrets.search({
      ...{ tenant, namespace, children, inherit, order, limit },
      visible: visibleNamespace(principal, 'list', tenant),
      matches: matcherOf(query),
      states: statesOf(query.state),
      from: cursor === undefined ? (offset ?? 0) : positionOf(order, cursor),
    });
    const body = {
      secrets: page.rows.map(rowOf),
      total: page.total,
      ...(page.next === undefined ? {} : { next: cursorOf(order, page.next) }),
      readOnly: this.stores.forNamespace(tenant, namespace).readOnly,
      unlisted: [...page.unlisted],
    };
    return { status: 200, headers: ageHeader(page.stalenessMs), body };
  }

  @Endpoint(listNamespaces)
  async namespaces({ tenant, principal }: Call<typeof listNamespaces>): Promise<Answer<typeof listNamespaces>> {
    const visible = visibleNamespace(principal, 'list', tenant);
    const tree = await namespaceTree(this.lists, tenant, visible, namedOf(principal, tenant));
    const namespaces = tree.nodes.map(({ namespace, secrets, withChildren }): NodeAnswer => {
      const permissions = PERMISSIONS.filter((permission) => may(principal, permission, tenant, namespace));
      return {
        namespace,
        ...(permissions.includes('list') ? { secrets, withChildren } : {}),
        permissions,
        ...(permissions.length === 0 ? {} : { store: summaryOf(this.stores.forNamespace(tenant, namespace)) }),
      };
    });
    return {
      ...{ status: 200, headers: ageHeader(tree.stalenessMs) },
      body: { namespaces, unlisted: [...tree.unlisted] },
    };
  }

  @Endpoint(describeNamespace)
  describe({ tenant, principal, namespace }: Call<typeof describeNamespace>): Answer<typeof describeNamespace> {
    const parsed = parseNamespace(namespace);
    const permissions = PERMISSIONS.filter((permission) => may(principal, permission, tenant, parsed));
    if (permissions.length === 0) return { status: 200, body: { namespace: parsed, permissions } };
    const store = this.stores.forNamespace(tenant, parsed);
    const { valueBytes, descriptionBytes, tags } = store.backend.capabilities.limits;
    const { count, keyLength, valueLength } = tags;
    const limits = { valueBytes, descriptionBytes, tags: { count, keyLength, valueLength } };
    return { status: 200, body: { namespace: parsed, permissions, store: { ...summaryOf(store), limits } } };
  }
}
