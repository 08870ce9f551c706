import { may, visibleNamespace, type Principal } from '@coffer/access';
import { errorForLog } from '@coffer/observability';
import { CofferError, SecretPath } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import { cacheStatus, fartherOf, type Served } from '../../cache/index.js';
import type { ResolvedSecret } from '../../reads/read-service.js';
import { HTTP_DEPENDENCIES, type HttpDependencies } from '../dependencies.js';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../endpoint/endpoint.js';
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

interface Wanted {
  readonly principal: Principal;
  readonly path: SecretPath;
  readonly inherit: boolean;
  readonly subkey: string | null | undefined;
  readonly refresh: boolean;
}

const bodyOf = ({ path, value, version }: ResolvedSecret) => ({
  key: path.key,
  namespace: path.namespace,
  value: value.reveal(),
  version,
});

/** Before anything is asked, so that a forbidden secret looks the same whether it exists or not. */
const mustBeAllowed = (principal: Principal, { tenant, namespace }: SecretPath): void => {
  if (may(principal, 'resolve', tenant, namespace)) return;
  throw new CofferError(
    'forbidden',
    `this needs the permission 'resolve' in namespace '${namespace}' of tenant '${tenant}'`,
  );
};

/** The only calls that return values. */
@Controller()
export class ResolveController {
  constructor(@Inject(HTTP_DEPENDENCIES) private readonly dependencies: HttpDependencies) {}

  @Endpoint(resolveSecret)
  async one(call: Call<typeof resolveSecret>): Promise<Answer<typeof resolveSecret>> {
    const { principal, query } = call;
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    const found = await this.resolve({
      principal,
      path,
      inherit: query.inherit,
      subkey: query.subkey,
      refresh: query.refresh,
    });
    return { status: 200, headers: headersOf(found.served ?? UNCACHED), body: bodyOf(found) };
  }

  @Endpoint(resolveBatch)
  async batch(call: Call<typeof resolveBatch>): Promise<Answer<typeof resolveBatch>> {
    const served: Served[] = [];
    const told = (item: Served): void => void served.push(item);
    const body = await mapBounded(call.body.keys, BATCH_CONCURRENCY, (item) => this.item(call, item, told));
    const headers = headersOf(served.length === 0 ? UNCACHED : served.reduce(fartherOf));
    return { status: 200, headers, body: [...body] };
  }

  private async item(
    { principal, tenant, namespace: outer, requestId }: Call<typeof resolveBatch>,
    { key, subkey, namespace: own }: Item,
    told: (served: Served) => void,
  ): Promise<z.input<typeof resolvedItem>> {
    const namespace = own ?? outer;
    try {
      const path = SecretPath.of(tenant, namespace, key);
      mustBeAllowed(principal, path);
      const found = await this.resolve({ principal, path, inherit: true, subkey, refresh: false });
      told(found.served ?? UNCACHED);
      return bodyOf(found);
    } catch (thrown) {
      const error = recognise(thrown);
      if (error.code === 'internal') {
        this.dependencies.logger.error({ request: requestId, error: errorForLog(thrown) }, 'unexpected error');
      }
      return { key, namespace, error: problemOf(error) };
    }
  }

  private resolve({ principal, path, inherit, subkey, refresh }: Wanted): Promise<ResolvedSecret> {
    return this.dependencies.reads.resolve({
      path,
      inherit,
      refresh,
      ...(subkey == null || subkey === '' ? {} : { subkey }),
      visible: visibleNamespace(principal, 'resolve', path.tenant),
    });
  }
}
