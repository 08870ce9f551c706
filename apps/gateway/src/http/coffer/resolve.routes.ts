import { visibleNamespace } from '@coffer/access';
import { errorForLog } from '@coffer/observability';
import { CofferError, SecretPath } from '@coffer/secrets';
import type { z } from 'zod';
import { cacheStatus, fartherOf, type Served } from '../../cache/index.js';
import type { ReadService, ResolvedSecret } from '../../reads/read-service.js';
import type { HttpDependencies } from '../dependencies.js';
import { atHandRoute, type AtHandRoute, type PlainCall } from '../endpoint/at-hand.js';
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
const mustBeVisible = (visible: (namespace: string) => boolean, { tenant, namespace }: SecretPath): void => {
  if (visible(namespace)) return;
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

/** As `resolveOne` without a query. */
const resolveAtHand =
  (reads: ReadService) =>
  ({ principal, tenant, namespace, key }: PlainCall<typeof resolveSecret>) => {
    const found = reads.atHand({
      path: SecretPath.of(tenant, namespace, key),
      inherit: true,
      visible: visibleNamespace(principal, 'resolve', tenant),
    });
    return found && oneOf(found);
  };

/** Each item with its value or its own error. */
const resolveMany =
  ({ reads, logger }: Pick<HttpDependencies, 'reads' | 'logger'>) =>
  async ({
    principal,
    tenant,
    namespace: outer,
    body: { keys },
    requestId,
  }: Call<typeof resolveBatch>): Promise<Answer<typeof resolveBatch>> => {
    const visible = visibleNamespace(principal, 'resolve', tenant);
    let farthest: Served | undefined;
    const itemOf = (found: ResolvedSecret): ItemAnswer => {
      const served = found.served ?? UNCACHED;
      farthest = farthest === undefined ? served : fartherOf(farthest, served);
      return bodyOf(found);
    };
    const failureOf = (key: string, namespace: string, thrown: unknown): ItemAnswer => {
      const error = recognise(thrown);
      if (error.code === 'internal') {
        logger.error({ request: requestId, error: errorForLog(thrown) }, 'unexpected error');
      }
      return { key, namespace, error: problemOf(error) };
    };
    const resolveItem = ({ key, subkey, namespace: own }: Item): ItemAnswer | Promise<ItemAnswer> => {
      const namespace = own ?? outer;
      const failed = (thrown: unknown): ItemAnswer => failureOf(key, namespace, thrown);
      try {
        const path = SecretPath.of(tenant, namespace, key);
        mustBeVisible(visible, path);
        const found = reads.resolve({ path, inherit: true, refresh: false, ...subkeyOf(subkey), visible });
        return found instanceof Promise ? found.then(itemOf).catch(failed) : itemOf(found);
      } catch (thrown) {
        return failed(thrown);
      }
    };
    const body = await mapBounded(keys, BATCH_CONCURRENCY, resolveItem);
    return { status: 200, headers: headersOf(farthest ?? UNCACHED), body: [...body] };
  };

/** Those of `resolveRoutes` that can be answered from memory. */
export const resolvesAtHand = ({ reads }: Pick<HttpDependencies, 'reads'>): readonly AtHandRoute[] => [
  atHandRoute(resolveSecret, resolveAtHand(reads)),
];

/** The only calls that return values. */
export const resolveRoutes = (dependencies: Pick<HttpDependencies, 'reads' | 'logger'>): readonly PlainRoute[] => [
  plainRoute(resolveSecret, resolveOne(dependencies.reads)),
  plainRoute(resolveBatch, resolveMany(dependencies)),
];
