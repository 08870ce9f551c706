import { visibleNamespace } from '@coffer/access';
import { type ListedSecret, type Stale, ListService } from '@coffer/reads';
import { CofferError, parseNamespace } from '@coffer/secrets';
import type { LimitsConfiguration } from '@coffer/config';
import { Metrics } from '@coffer/observability';
import { LIMITS } from '../process/tokens.js';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { onlyNamespace, parseFilters, predicateOf } from './filters/index.js';
import { pageOf } from './listing/page.js';
import { parseSort } from './listing/sorting.js';
import { inheritedSecrets, listNamespaceSecrets, listSecrets } from './secrets.endpoints.js';

type ListCall = Pick<Call<typeof listSecrets>, 'tenant' | 'principal' | 'query' | 'filters'>;

const rowOf = ({ key, namespace, description, tags }: ListedSecret) => ({
  key,
  namespace,
  ...(description === undefined ? {} : { description }),
  tags: tags.map((tag) => ({ key: tag.key, value: tag.value })),
});

/** A filter may name what no namespace can be called; no store is asked for that. */
const isNamespace = (text: string): boolean => {
  try {
    return parseNamespace(text) === text;
  } catch {
    return false;
  }
};

/** Rows come in the order of their namespaces, so remembering one spares nearly all the work. */
const visibleOf = ({ principal, tenant }: Pick<ListCall, 'principal' | 'tenant'>) => {
  const visible = visibleNamespace(principal, 'list', tenant);
  let last: string | undefined;
  let answer = false;
  return (namespace: string): boolean => {
    if (namespace !== last) [last, answer] = [namespace, visible(namespace)];
    return answer;
  };
};

/** RFC 9111: seconds since the list was certainly complete. Absent where it is complete as of the request. */
const ageHeader = (stalenessMs: number | undefined): Readonly<Record<string, string>> =>
  stalenessMs === undefined ? {} : { age: String(Math.ceil(stalenessMs / 1_000)) };

/** Finding secrets on Kestra's face. Whoever calls sees the namespaces that they may list, and no trace of others. */
@Controller()
export class ListsController {
  constructor(
    @Inject(ListService) private readonly lists: ListService,
    @Inject(LIMITS) private readonly limits: LimitsConfiguration,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Endpoint(listSecrets)
  async list(call: Call<typeof listSecrets>): Promise<Answer<typeof listSecrets>> {
    return this.find(call);
  }

  @Endpoint(listNamespaceSecrets)
  async listNamespace(call: Call<typeof listNamespaceSecrets>): Promise<Answer<typeof listNamespaceSecrets>> {
    return this.find(call, call.namespace);
  }

  @Endpoint(inheritedSecrets)
  async inherited(call: Call<typeof inheritedSecrets>): Promise<Answer<typeof inheritedSecrets>> {
    const visible = visibleOf(call);
    const { content, stalenessMs } = await this.lists.inherited(call.tenant, call.namespace);
    const shown = [...content].map(([namespace, keys]) => [namespace, visible(namespace) ? [...keys] : []] as const);
    return { status: 200, headers: ageHeader(stalenessMs), body: Object.fromEntries(shown) };
  }

  private async find(call: ListCall, namespace?: string): Promise<Answer<typeof listSecrets>> {
    const { lists } = this;
    const filter = parseFilters(call.filters);
    const predicate = predicateOf(filter);
    const sort = parseSort(call.query.sort, this.limits.sortKeys, this.tooManySortKeys);
    const visible = visibleOf(call);
    const scope = namespace ?? onlyNamespace(filter);
    const { content, stalenessMs }: Stale<readonly ListedSecret[]> =
      scope === undefined || (isNamespace(scope) && visible(scope))
        ? await lists.list(call.tenant, scope)
        : { content: [] };
    const page = await pageOf(content, (row) => visible(row.namespace) && predicate(row), { ...call.query, sort });
    const body = {
      readOnly: lists.readOnly(call.tenant, namespace),
      results: page.results.map(rowOf),
      total: page.total,
    };
    return { status: 200, headers: ageHeader(stalenessMs), body };
  }

  private readonly tooManySortKeys = (most: number): CofferError => {
    this.metrics.refusals.inc({ budget: 'sort-keys' });
    return new CofferError('invalid', `invalid sort: at most ${most} keys are taken (coffer.limits.sortKeys)`);
  };
}
