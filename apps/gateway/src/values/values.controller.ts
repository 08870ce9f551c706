import { visibleNamespace } from '@coffer/access';
import type { LimitsConfiguration } from '@coffer/config';
import { Metrics } from '@coffer/observability';
import { ReadService, type ResolvedSecret } from '@coffer/reads';
import { SecretPath } from '@coffer/secrets';
import { ThrottledLogger } from '@coffer/service';
import { Controller, Inject } from '@nestjs/common';
import { RequestQuota } from '../http/budget/request-quota.js';
import { Endpoint, type CachedCall } from '../http/endpoint/endpoint.decorator.js';
import type { CachedAnswer } from '../http/endpoint/cached-answer.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { LIMITS } from '../process/tokens.js';
import { resolveBatch, resolveSecret } from './values.endpoints.js';
import { GivenValues } from './given-values.js';
import { RefreshBudget } from './refresh-budget.js';
import { resolveMany } from './resolve-batch.js';
import { CachedAnswers, formOf, subkeyOf, unlessUnmodified } from './one-value.js';
import { WaitingReads } from './waiting-reads.js';

type OneAnswer = Answer<typeof resolveSecret>;

/** The only calls that return values. */
@Controller()
export class ValuesController {
  constructor(
    @Inject(ReadService) private readonly reads: Pick<ReadService, 'resolve' | 'cached'>,
    @Inject(GivenValues) private readonly given: GivenValues,
    @Inject(RequestQuota) private readonly requests: RequestQuota,
    @Inject(RefreshBudget) private readonly refreshes: RefreshBudget,
    @Inject(LIMITS) private readonly limits: LimitsConfiguration,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(WaitingReads) private readonly waits: Pick<WaitingReads, 'resolve'>,
    @Inject(ThrottledLogger) private readonly logger: Pick<ThrottledLogger, 'log'>,
  ) {}

  @Endpoint(resolveSecret, { cached: 'cached' })
  resolve(call: Call<typeof resolveSecret>): OneAnswer | Promise<OneAnswer> {
    const { principal, tenant, namespace, key, query, headers, accept } = call;
    const path = SecretPath.of(tenant, namespace, key);
    if (query.refresh) this.refreshes.take(principal.id, path);
    if (query.wait !== undefined || query.after !== undefined) return this.waits.resolve(call, path);
    const found = this.reads.resolve({
      path,
      inherit: query.inherit,
      refresh: query.refresh,
      ...subkeyOf(query.subkey),
      visible: visibleNamespace(principal, 'resolve', tenant),
    });
    const answer = (secret: ResolvedSecret): OneAnswer =>
      unlessUnmodified(headers['if-none-match'], secret, namespace, formOf(accept));
    return found instanceof Promise ? found.then(answer) : answer(found);
  }

  /** As `resolve` without a query, of what is in memory. */
  cached({
    principal,
    tenant,
    namespace,
    key,
  }: CachedCall<typeof resolveSecret>): (accept: string) => CachedAnswer | undefined {
    const request = {
      path: SecretPath.of(tenant, namespace, key),
      inherit: true,
      visible: visibleNamespace(principal, 'resolve', tenant),
    };
    const answers = new CachedAnswers(namespace, this.given);
    return (accept) => {
      const found = this.reads.cached(request);
      return found && answers.of(found, formOf(accept));
    };
  }

  @Endpoint(resolveBatch)
  resolveBatch(call: Call<typeof resolveBatch>): Promise<Answer<typeof resolveBatch>> {
    const { reads, given, requests, limits, metrics, logger } = this;
    return resolveMany(call, { reads, given, requests, limits, metrics, logger });
  }
}
