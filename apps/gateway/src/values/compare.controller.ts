import { may, visibleNamespace, type Principal } from '@coffer/access';
import type { LimitsConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { ListService, Pace, ReadService, sortPaced } from '@coffer/reads';
import { CofferError, compareCodePoints, parseNamespace } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { RequestQuota } from '../http/budget/request-quota.js';
import { lacksPermission } from '../http/endpoint/authorize.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { LIMITS } from '../process/tokens.js';
import { compareNamespaces } from './compare.endpoints.js';
import { Comparer, type ComparedRow } from './comparison.js';

const requireBoth = (principal: Principal, tenant: string, namespace: string): void => {
  for (const permission of ['list', 'resolve'] as const) {
    if (may(principal, permission, tenant, namespace)) continue;
    throw lacksPermission(permission, { tenant, namespace });
  }
};

/** Where namespaces differ, without a value. */
@Controller()
export class CompareController {
  constructor(
    @Inject(ReadService) private readonly reads: Pick<ReadService, 'resolve'>,
    @Inject(ListService) private readonly lists: ListService,
    @Inject(RequestQuota) private readonly requests: Pick<RequestQuota, 'take'>,
    @Inject(KeyRing) private readonly ring: KeyRing,
    @Inject(LIMITS) private readonly limits: LimitsConfiguration,
  ) {}

  @Endpoint(compareNamespaces)
  async compare(call: Call<typeof compareNamespaces>): Promise<Answer<typeof compareNamespaces>> {
    const { tenant, principal, query } = call;
    const until = performance.now() + this.limits.batchTime;
    const given = [query.a, query.b, ...(query.c === undefined ? [] : [query.c])];
    const namespaces = given.map((namespace) => parseNamespace(namespace));
    if (new Set(namespaces).size < namespaces.length) {
      throw new CofferError('invalid', 'invalid query: a, b and c are different namespaces');
    }
    for (const namespace of namespaces) requireBoth(principal, tenant, namespace);
    const rows = await this.#rows(call, namespaces);
    const rest =
      query.cursor === undefined ? rows : rows.filter(({ key }) => compareCodePoints(key, query.cursor ?? '') > 0);
    const page = rest.slice(0, query.limit);
    for (const namespace of namespaces) this.requests.take(principal.id, { tenant, namespace }, page.length);
    const fingerprintOf = (value: { reveal(): string }): string =>
      this.ring.hmac('fingerprint', 'compare', tenant, value.reveal()).toString('base64url');
    const comparer = new Comparer({ tenant, namespaces, reads: this.reads, fingerprintOf, until });
    const keys = await comparer.compare(page);
    const last = page.at(-1);
    const next = last === undefined || page.length === rest.length ? {} : { next: last.key };
    const audited = comparer.audited.length === 0 ? {} : { audited: comparer.audited };
    return { status: 200, ...audited, body: { namespaces, keys, total: rows.length, ...next } };
  }

  /** The keys that any of the namespaces sees, each with the nearest level that holds it, in the order of keys. */
  async #rows({ tenant, principal, query }: Call<typeof compareNamespaces>, namespaces: readonly string[]) {
    const [listable, readable] = (['list', 'resolve'] as const).map((permission) =>
      visibleNamespace(principal, permission, tenant),
    );
    const part = query.q?.toLowerCase() ?? '';
    const byKey = new Map<string, (string | undefined)[]>();
    const pace = new Pace();
    for (const [at, namespace] of namespaces.entries()) {
      const { content } = await this.lists.inherited(tenant, namespace);
      // The namespace itself comes first.
      for (const [level, keys] of content) {
        if (listable?.(level) !== true || readable?.(level) !== true) continue;
        for (const key of keys) {
          if (pace.due()) await pace.rest();
          if (!key.toLowerCase().includes(part)) continue;
          const levels = byKey.get(key) ?? namespaces.map(() => undefined);
          levels[at] ??= level;
          byKey.set(key, levels);
        }
      }
    }
    const rows = [...byKey].map(([key, levels]): ComparedRow => ({ key, levels }));
    return sortPaced(rows, (one, other) => compareCodePoints(one.key, other.key), pace);
  }
}
