import { may, visibleNamespace, type Principal } from '@coffer/access';
import { errorForLog } from '@coffer/observability';
import { CofferError, SecretPath } from '@coffer/secrets';
import type { z } from 'zod';
import { cacheStatus, fartherOf, type Served } from '../../cache/index.js';
import type { ReadService, ResolvedSecret } from '../../reads/read-service.js';
import type { HttpDependencies } from '../dependencies.js';
import type { Answer, Call } from '../endpoint/endpoint.js';
import { plainRoute, type PlainRoute } from '../endpoint/plain-route.js';
import { problemOf } from '../errors/error-body.js';
import { recognise } from '../errors/recognise.js';
import { mapBounded } from './bounded.js';
import { resolveBatch, resolveSecret } from './endpoints.js';
import type { resolveBody, resolvedItem } from './schemas.js';

/** Without a cache every answer comes from the store (RFC 9211). */
const UNCACHED: Served = { source: 'store', forward: 'bypass' };

const headersOf = (served: Served) => ({ 'cache-control': 'no-store', 'cache-status': cacheStatus(served) });

/** Reads of one batch that are under way at the same time. */
const BATCH_CONCURRENCY = 16;

type Item = z.output<typeof resolveBody>['keys'][number];
type ItemAnswer = z.input<typeof resolvedItem>;

const bodyOf = ({ path, value, version }: ResolvedSecret) => ({
  key: path.key,
  namespace: path.namespace,
  value: value.reveal(),
  version,
});

const oneOf = (found: ResolvedSecret): Answer<typeof resolveSecret> => ({
  status: 200,
  headers: headersOf(found.served ?? UNCACHED),
  body: bodyOf(found),
});

/** Before anything is asked, so that a forbidden secret looks the same whether it exists or not. */
const mustBeAllowed = (principal: Principal, { tenant, namespace }: SecretPath): void => {
  if (may(principal, 'resolve', tenant, namespace)) return;
  throw new CofferError(
    'forbidden',
    `this needs the permission 'resolve' in namespace '${namespace}' of tenant '${tenant}'`,
  );
};

const subkeyOf = (subkey: string | null | undefined) => (subkey == null || subkey === '' ? {} : { subkey });

const resolveOne =
  (reads: ReadService) =>
  ({ principal, tenant, namespace, key, query }: Call<typeof resolveSecret>) => {
    const found = reads.resolve({
      path: SecretPath.of(tenant, namespace, key),
      inherit: query.inherit,
      refresh: query.refresh,
      ...subkeyOf(query.subkey),
      visible: visibleNamespace(principal, 'resolve', tenant),
    });
    return found instanceof Promise ? found.then(oneOf) : oneOf(found);
  };

/** Each item with its value or its own error. */
const resolveMany = ({ reads, logger }: Pick<HttpDependencies, 'reads' | 'logger'>) => {
  const itemOf = async (
    { principal, tenant, namespace: outer, requestId }: Call<typeof resolveBatch>,
    { key, subkey, namespace: own }: Item,
    told: (served: Served) => void,
  ): Promise<ItemAnswer> => {
    const namespace = own ?? outer;
    try {
      const path = SecretPath.of(tenant, namespace, key);
      mustBeAllowed(principal, path);
      const visible = visibleNamespace(principal, 'resolve', tenant);
      const found = await reads.resolve({ path, inherit: true, refresh: false, ...subkeyOf(subkey), visible });
      told(found.served ?? UNCACHED);
      return bodyOf(found);
    } catch (thrown) {
      const error = recognise(thrown);
      if (error.code === 'internal') {
        logger.error({ request: requestId, error: errorForLog(thrown) }, 'unexpected error');
      }
      return { key, namespace, error: problemOf(error) };
    }
  };
  return async (call: Call<typeof resolveBatch>): Promise<Answer<typeof resolveBatch>> => {
    const served: Served[] = [];
    const told = (item: Served): void => void served.push(item);
    const body = await mapBounded(call.body.keys, BATCH_CONCURRENCY, (item) => itemOf(call, item, told));
    const headers = headersOf(served.length === 0 ? UNCACHED : served.reduce(fartherOf));
    return { status: 200, headers, body: [...body] };
  };
};

/** The only calls that return values. */
export const resolveRoutes = (dependencies: Pick<HttpDependencies, 'reads' | 'logger'>): readonly PlainRoute[] => [
  plainRoute(resolveSecret, resolveOne(dependencies.reads)),
  plainRoute(resolveBatch, resolveMany(dependencies)),
];
