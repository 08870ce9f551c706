import { createHash } from 'node:crypto';
import { visibleNamespace } from '@coffer/access';
import type { LimitsConfiguration } from '@coffer/config';
import { Metrics } from '@coffer/observability';
import { ListService, Pace, ReadService, type ResolvedSecret } from '@coffer/reads';
import { CofferError } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import type { AuditedSecret } from '../http/audit/audited.js';
import { RequestQuota } from '../http/budget/request-quota.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { entityTagOf, isUnmodified } from '../http/request/entity-tags.js';
import { LIMITS } from '../process/tokens.js';
import { AllValues, ASK_FOR_LESS } from './all-values.js';
import { resolveAll } from './values.endpoints.js';
import { changedOf, headersOf } from './resolved.js';

type AllCall = Call<typeof resolveAll>;
type Visible = (namespace: string) => boolean;

/** Most values of one answer, so that its records and its bytes are bounded whatever the limits are. */
const MAX_VALUES = 2_000;
/** Secrets of one record, which Kafka and collectors take as one line. */
const MAX_RECORDED = 500;

/** Entity tag of which secrets there are, and at which versions. */
const etagOf = (found: readonly ResolvedSecret[]): string => {
  const hash = createHash('sha256');
  for (const { path, version } of found) hash.update(`${JSON.stringify([path.namespace, path.key, version])}\n`);
  return entityTagOf(hash.digest('base64url'));
};

/** One record for each namespace that holds some of them. */
const auditedOf = (found: readonly ResolvedSecret[], isGiven: boolean): { readonly audited?: AuditedSecret[] } => {
  const audited: AuditedSecret[] = [];
  for (const [foundIn, held] of Map.groupBy(found, ({ path }) => path.namespace)) {
    for (let at = 0; at < held.length; at += MAX_RECORDED) {
      const secrets = held
        .slice(at, at + MAX_RECORDED)
        .map(({ path, version, value }) => ({ key: path.key, version, value: isGiven ? value : undefined }));
      audited.push({ foundIn, secrets });
    }
  }
  return audited.length === 0 ? {} : { audited };
};

/** All values of a namespace in one answer. */
@Controller()
export class AllValuesController {
  constructor(
    @Inject(ReadService) private readonly reads: Pick<ReadService, 'resolve'>,
    @Inject(ListService) private readonly lists: Pick<ListService, 'list' | 'inherited'>,
    @Inject(RequestQuota) private readonly requests: Pick<RequestQuota, 'take'>,
    @Inject(LIMITS) private readonly limits: LimitsConfiguration,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Endpoint(resolveAll)
  async resolveAll(call: AllCall): Promise<Answer<typeof resolveAll>> {
    const { tenant, namespace, principal, query, headers } = call;
    const visible = visibleNamespace(principal, 'resolve', tenant);
    const { keys, age } = await this.#keys(call, visible);
    if (keys.length > 1) this.requests.take(principal.id, { tenant, namespace }, keys.length - 1);
    const all = new AllValues({
      ...{ tenant, namespace, visible, inherit: query.inherit, reads: this.reads, metrics: this.metrics },
      allowance: call.allowance(),
      maxBytes: this.limits.answer,
      timeoutMs: this.limits.batchTime,
    });
    const found = await all.read(keys);
    const etag = etagOf(found);
    const common = { ...headersOf(all.cacheStatus), ...age, etag };
    if (isUnmodified(headers['if-none-match'], etag)) {
      return { status: 304, headers: common, ...auditedOf(found, false), body: undefined };
    }
    return {
      status: 200,
      headers: common,
      ...auditedOf(found, true),
      body: {
        values: Object.fromEntries(found.map(({ path, value }) => [path.key, value.reveal()])),
        versions: Object.fromEntries(found.map(({ path, version }) => [path.key, version])),
        changed: Object.fromEntries(
          found.flatMap((secret) => {
            const { changed } = changedOf(secret);
            return changed === undefined ? [] : [[secret.path.key, changed]];
          }),
        ),
      },
    };
  }

  /** Those that the namespace has, or sees, once each; and the header `Age` where the list may lack writes. */
  async #keys({ tenant, namespace, query }: AllCall, visible: Visible) {
    const { prefix = '', inherit } = query;
    const keys = new Set<string>();
    const pace = new Pace();
    const { levels, stalenessMs } = await this.#levels(tenant, namespace, inherit);
    for (const [level, held] of levels) {
      if (!visible(level)) continue;
      for (const key of held) {
        if (pace.due()) await pace.rest();
        if (key.startsWith(prefix)) keys.add(key);
        if (keys.size > MAX_VALUES) throw this.#tooMany(namespace);
      }
    }
    const age = stalenessMs === undefined ? {} : { age: String(Math.ceil(stalenessMs / 1_000)) };
    return { keys: [...keys], age };
  }

  /** The namespace itself comes first. */
  async #levels(tenant: string, namespace: string, inherit: boolean) {
    if (inherit) {
      const { content, ...stale } = await this.lists.inherited(tenant, namespace);
      return { ...stale, levels: content };
    }
    const { content, ...stale } = await this.lists.list(tenant, namespace);
    return { ...stale, levels: new Map([[namespace, content.map(({ key }) => key)]]) };
  }

  #tooMany(namespace: string): CofferError {
    this.metrics.refusals.inc({ budget: 'values' });
    return new CofferError(
      'answer-too-large',
      `the namespace '${namespace}' has more than ${MAX_VALUES} values, which is as many as one answer may have; ${ASK_FOR_LESS}`,
    );
  }
}
