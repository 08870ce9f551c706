import { visibleNamespace } from '@coffer/access';
import { parseNamespace } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { ListedSecret } from '../../reads/read-service.js';
import { HTTP_DEPENDENCIES, type HttpDependencies } from '../dependencies.js';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../endpoint/endpoint.js';
import { onlyNamespace, parseFilters, predicateOf } from '../filters/index.js';
import { pageOf } from '../listing/page.js';
import { parseSort } from '../listing/sorting.js';
import { inheritedSecrets, listNamespaceSecrets, listSecrets } from './endpoints.js';
import type { secretPage } from './schemas.js';

type ListCall = Pick<Call<typeof listSecrets>, 'tenant' | 'principal' | 'query' | 'filters'>;
type SecretPage = z.input<typeof secretPage>;

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

const visibleOf = ({ principal, tenant }: Pick<ListCall, 'principal' | 'tenant'>) =>
  visibleNamespace(principal, 'list', tenant);

/** Finding secrets on Kestra's face. Whoever calls sees the namespaces that they may list, and no trace of others. */
@Controller()
export class ListsController {
  constructor(@Inject(HTTP_DEPENDENCIES) private readonly dependencies: HttpDependencies) {}

  @Endpoint(listSecrets)
  async list(call: Call<typeof listSecrets>): Promise<Answer<typeof listSecrets>> {
    return { status: 200, body: await this.find(call) };
  }

  @Endpoint(listNamespaceSecrets)
  async listNamespace(call: Call<typeof listNamespaceSecrets>): Promise<Answer<typeof listNamespaceSecrets>> {
    return { status: 200, body: await this.find(call, call.namespace) };
  }

  @Endpoint(inheritedSecrets)
  async inherited(call: Call<typeof inheritedSecrets>): Promise<Answer<typeof inheritedSecrets>> {
    const visible = visibleOf(call);
    const levels = await this.dependencies.reads.inherited(call.tenant, call.namespace);
    const shown = [...levels].map(([namespace, keys]) => [namespace, visible(namespace) ? [...keys] : []] as const);
    return { status: 200, body: Object.fromEntries(shown) };
  }

  private async find(call: ListCall, namespace?: string): Promise<SecretPage> {
    const { reads } = this.dependencies;
    const filter = parseFilters(call.filters);
    const predicate = predicateOf(filter);
    const sort = parseSort(call.query.sort);
    const visible = visibleOf(call);
    const scope = namespace ?? onlyNamespace(filter);
    const rows =
      scope === undefined || (isNamespace(scope) && visible(scope)) ? await reads.list(call.tenant, scope) : [];
    const page = pageOf(rows, (row) => visible(row.namespace) && predicate(row), { ...call.query, sort });
    return {
      readOnly: reads.readOnly(call.tenant, namespace),
      results: page.results.map(rowOf),
      total: page.total,
    };
  }
}
