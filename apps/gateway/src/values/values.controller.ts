import { visibleNamespace } from '@coffer/access';
import type { ResolvedSecret } from '@coffer/reads';
import { SecretPath } from '@coffer/secrets';
import { RefreshBudget } from './refresh-budget.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { atHandRoute, type AtHandRoute, type PlainCall } from '../http/fast-path.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { plainRoute, type PlainRoute } from '../http/endpoint-router.js';
import { resolveBatch, resolveSecret } from './endpoints.js';
import { resolveMany } from './resolve-batch.js';
import { bodyOf, headersOf } from './resolved.js';

type Reads = HttpDependencies['reads'];

const oneOf = (found: ResolvedSecret): Answer<typeof resolveSecret> => ({
  status: 200,
  headers: headersOf(found.cacheStatus),
  body: bodyOf(found),
});

const subkeyOf = (subkey: string | null | undefined) => (subkey == null || subkey === '' ? {} : { subkey });

const resolveOne =
  (reads: Reads, refreshes: RefreshBudget) =>
  ({ principal, tenant, namespace, key, query }: Call<typeof resolveSecret>) => {
    const path = SecretPath.of(tenant, namespace, key);
    if (query.refresh) refreshes.take(principal.id, path);
    const found = reads.resolve({
      path,
      inherit: query.inherit,
      refresh: query.refresh,
      ...subkeyOf(query.subkey),
      visible: visibleNamespace(principal, 'resolve', tenant),
    });
    return found instanceof Promise ? found.then(oneOf) : oneOf(found);
  };

/** As `resolveOne` without a query. */
const resolveAtHand =
  (reads: Reads) =>
  ({ principal, tenant, namespace, key }: PlainCall<typeof resolveSecret>) => {
    const found = reads.cached({
      path: SecretPath.of(tenant, namespace, key),
      inherit: true,
      visible: visibleNamespace(principal, 'resolve', tenant),
    });
    return found && oneOf(found);
  };

/** Those of `resolveRoutes` that can be answered from memory. */
export const resolvesAtHand = ({ reads }: Pick<HttpDependencies, 'reads'>): readonly AtHandRoute[] => [
  atHandRoute(resolveSecret, resolveAtHand(reads)),
];

/** The only calls that return values. */
export const resolveRoutes = (
  dependencies: Pick<HttpDependencies, 'reads' | 'logger' | 'metrics' | 'limits'>,
): readonly PlainRoute[] => {
  const { reads, metrics, limits } = dependencies;
  const refreshes = new RefreshBudget({
    perMinute: limits.refreshesPerMinute,
    now: () => performance.now(),
    refused: () => metrics.refusals.inc({ budget: 'refreshes' }),
  });
  return [plainRoute(resolveSecret, resolveOne(reads, refreshes)), plainRoute(resolveBatch, resolveMany(dependencies))];
};
