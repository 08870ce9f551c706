import { visibleNamespace, type Principal } from '@coffer/access';
import { ReadService, type ResolvedSecret } from '@coffer/reads';
import { CofferError, type SecretPath } from '@coffer/secrets';
import { Inject, Injectable } from '@nestjs/common';
import type { Call } from '../http/endpoint/endpoint.js';
import { isUnmodified, namesVersion } from '../http/request/entity-tags.js';
import { ChangeWaiters, type ChangeWaiter, type Wake } from './change-waiters.js';
import type { resolveSecret } from './values.endpoints.js';
import { answerOf, formOf, subkeyOf, tagOf, unmodified, type OneAnswer } from './one-value.js';
import { etagOf } from './resolved.js';

type ResolveCall = Call<typeof resolveSecret>;

/** How often it is looked whether the caller may still read, and is there: access that was taken away ends within 2 s. */
const VERIFY_INTERVAL_MS = 500;

/** What a caller has: by `after`, or by `If-None-Match`. */
const isKnown = (call: ResolveCall, found: ResolvedSecret): boolean => {
  const { query, headers, namespace, accept } = call;
  if (query.after === undefined) return isUnmodified(headers['if-none-match'], tagOf(found, namespace, formOf(accept)));
  return namesVersion(query.after, found.version, etagOf(found, namespace));
};

const requireKnown = ({ query, headers }: ResolveCall): number => {
  if (query.wait === undefined) throw new CofferError('invalid', 'invalid query: after is for a read with wait');
  if (query.after === undefined && headers['if-none-match'] === undefined) {
    throw new CofferError('invalid', 'invalid query: wait needs after, or If-None-Match: the version that is known');
  }
  return query.wait;
};

/** Reads that are answered once the secret is at another version than the one that the caller has. */
@Injectable()
export class WaitingReads {
  constructor(
    @Inject(ReadService) private readonly reads: Pick<ReadService, 'resolve'>,
    @Inject(ChangeWaiters) private readonly waiters: ChangeWaiters,
  ) {}

  /** 304 once the time is over. Rejects as a read does, also with `not-found` unless that is what the caller knows. */
  async resolve(call: ResolveCall, path: SecretPath): Promise<OneAnswer> {
    const waitMs = requireKnown(call);
    // Before the first read: what changes after it is not missed.
    const paths = call.query.inherit ? path.levels : [path];
    const waiter = this.waiters.open(call.principal.id, paths, call.tenant);
    let { principal } = call;
    const look = async (): Promise<void> => {
      try {
        principal = await call.verify();
      } catch (error) {
        waiter.fail(error as Error);
      }
    };
    const verifying = setInterval(() => void look(), VERIFY_INTERVAL_MS);
    const { promise: over, resolve: end } = Promise.withResolvers<Wake>();
    const timer = setTimeout(() => end('end'), waitMs);
    try {
      return await this.#answer(call, path, { waiter, over, principal: () => principal });
    } finally {
      clearTimeout(timer);
      clearInterval(verifying);
      this.waiters.release(waiter);
    }
  }

  async #answer(
    call: ResolveCall,
    path: SecretPath,
    { waiter, over, principal }: { waiter: ChangeWaiter; over: Promise<Wake>; principal: () => Principal },
  ): Promise<OneAnswer> {
    const form = formOf(call.accept);
    let refresh = call.query.refresh;
    for (let isOver = false; ;) {
      const found = await this.#find(call, path, principal(), refresh);
      if (!(found instanceof CofferError) && !isKnown(call, found)) return answerOf(found, call.namespace, form);
      if (found instanceof CofferError && call.query.after !== '') throw found;
      if (isOver) {
        if (found instanceof CofferError) throw found;
        return unmodified(found, call.namespace, form);
      }
      const wake = await Promise.race([waiter.next(), over]);
      // Once more at the end: a gateway that is cut off from the log has learnt of nothing.
      isOver = wake === 'end';
      refresh = wake === 'drift';
    }
  }

  /** The secret, or that there is none. */
  async #find(
    { query, tenant }: ResolveCall,
    path: SecretPath,
    principal: Principal,
    refresh: boolean,
  ): Promise<ResolvedSecret | CofferError> {
    try {
      return await this.reads.resolve({
        ...{ path, inherit: query.inherit, refresh, visible: visibleNamespace(principal, 'resolve', tenant) },
        ...subkeyOf(query.subkey),
      });
    } catch (error) {
      if (CofferError.is(error, 'not-found')) return error;
      throw error;
    }
  }
}
