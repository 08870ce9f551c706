import type { LimitsConfiguration } from '@coffer/config';
import { Metrics } from '@coffer/observability';
import { ListService, Pace, ReadService } from '@coffer/reads';
import { CofferError } from '@coffer/secrets';
import { ThrottledLogger } from '@coffer/service';
import { MutationWriter, type WriteService } from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { AuditedSecret } from '../http/audit/audited.js';
import { RequestQuota } from '../http/budget/request-quota.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { problemOf } from '../http/errors/error-body.js';
import { logFailure } from '../http/errors/log-failure.js';
import { recognise } from '../http/errors/recognise.js';
import { traceparentOf } from '../http/request/write-headers.js';
import type { StoreRegistry } from '../process/gateway-parts.js';
import { LIMITS, STORES } from '../process/tokens.js';
import { applyChange, type AppliedChange, type ApplyOptions } from './apply.js';
import { ACTIONS } from './audited-change.js';
import { changeSecrets } from './changes.endpoints.js';
import { Planner, type ParsedItem, type Planned } from './plan.js';
import { EFFECTS, type ChangeItem, type itemResult } from './schemas.js';

type ItemResult = z.input<typeof itemResult>;

interface Done {
  readonly answer: ItemResult;
  readonly audited: readonly AuditedSecret[];
}

/** Items that are worked on at the same time: as many values are in memory beside the body. */
const CONCURRENCY = 16;

const isPending = (error: CofferError): boolean =>
  error.code === 'timeout' && typeof error.details['operation'] === 'string';

/** Why a secret that two items name is not changed by the later one; by path. */
class Claims {
  readonly #written = new Set<string>();
  readonly #read = new Set<string>();

  /** Throws `conflict`. */
  take({ item, target, source }: ParsedItem): void {
    const read = item.action === 'copy' && source !== undefined ? [source.toString()] : [];
    const written = [target.toString(), ...(item.action === 'move' && source !== undefined ? [source.toString()] : [])];
    const taken = written.some((path) => this.#written.has(path) || this.#read.has(path));
    if (taken || read.some((path) => this.#written.has(path))) {
      throw new CofferError(
        'conflict',
        'an earlier item of the request names this secret: send them one after the other',
      );
    }
    for (const path of written) this.#written.add(path);
    for (const path of read) this.#read.add(path);
  }
}

/** Changing many secrets at once: a plan of what would happen, or the changes themselves. */
@Controller()
export class ChangesController {
  constructor(
    @Inject(MutationWriter) private readonly writes: Pick<WriteService, 'write'>,
    @Inject(ReadService) private readonly reads: Pick<ReadService, 'resolve'>,
    @Inject(ListService) private readonly lists: ListService,
    @Inject(RequestQuota) private readonly requests: Pick<RequestQuota, 'take'>,
    @Inject(STORES) private readonly stores: StoreRegistry,
    @Inject(LIMITS) private readonly limits: LimitsConfiguration,
    @Inject(Metrics) private readonly metrics: Pick<Metrics, 'refusals'>,
    @Inject(ThrottledLogger) private readonly logger: Pick<ThrottledLogger, 'log'>,
  ) {}

  @Endpoint(changeSecrets)
  async change(call: Call<typeof changeSecrets>): Promise<Answer<typeof changeSecrets>> {
    const { body, query, tenant, principal, headers } = call;
    const { stores, reads, writes, lists } = this;
    const planner = new Planner({ tenant, principal, reads, stores, lists });
    const idempotencyKey = headers['idempotency-key'];
    const traceparent = traceparentOf(headers);
    const options = {
      principal: principal.id,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    const apply = query.dryRun ? undefined : { writes, stores, options };
    const done = await this.#all(body.items, planner, principal.id, apply);
    const counts = Object.fromEntries(EFFECTS.map((effect) => [effect, 0])) as Record<(typeof EFFECTS)[number], number>;
    for (const { answer } of done) counts[answer.effect] += 1;
    return {
      status: 200,
      audited: done.flatMap(({ audited }) => audited),
      body: { dryRun: query.dryRun, counts, items: done.map(({ answer }) => answer) },
    };
  }

  async #all(
    items: readonly ChangeItem[],
    planner: Planner,
    principal: string,
    apply: ApplyOptions | undefined,
  ): Promise<Done[]> {
    const claims = new Claims();
    const done: Done[] = [];
    const until = performance.now() + this.limits.batchTime;
    const pace = new Pace();
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < items.length) {
        const at = next++;
        const item = items[at] as ChangeItem;
        // A value is read, opened and measured for each: of them all the body says nothing.
        if ((item.action === 'copy' || item.action === 'move') && pace.due()) await pace.rest();
        const isLate = performance.now() > until;
        done[at] = await this.#one(item, claims, planner, principal, isLate, apply);
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, work));
    return done;
  }

  async #one(
    item: ChangeItem,
    claims: Claims,
    planner: Planner,
    principal: string,
    isLate: boolean,
    apply: ApplyOptions | undefined,
  ): Promise<Done> {
    let planned: Planned;
    try {
      const parsed = planner.parse(item);
      this.requests.take(principal, parsed.target);
      claims.take(parsed);
      if (isLate) throw this.#late();
      planned = await planner.plan(parsed);
    } catch (error) {
      return this.#refused(item, error, apply !== undefined);
    }
    const { effect, entry } = planned;
    const { action, namespace, key } = item;
    const answer = { action, namespace, key, effect };
    const known = entry === undefined ? {} : { version: entry.version };
    if (apply === undefined) return { answer: { ...answer, ...known }, audited: [{ namespace, key, ...known }] };
    if (effect === 'same') {
      return { answer: { ...answer, ...known, result: 'unchanged' }, audited: [{ namespace, key, ...known }] };
    }
    try {
      const applied = await applyChange(planned, apply);
      const { operation, version } = applied;
      const written = version === undefined ? {} : { version };
      return { answer: { ...answer, ...written, operation, result: 'applied' }, audited: auditedOf(planned, applied) };
    } catch (thrown) {
      const error = this.#recognised(thrown);
      const { operation } = error.details;
      const asked = typeof operation === 'string' ? { operation } : {};
      const result = isPending(error) ? 'pending' : 'failed';
      return {
        answer: { ...answer, ...asked, result, error: problemOf(error) },
        audited: [{ action: ACTIONS[action], namespace, key, ...asked, outcome: error.code }],
      };
    }
  }

  #refused({ action, namespace, key }: ChangeItem, thrown: unknown, applying: boolean): Done {
    const error = this.#recognised(thrown);
    const answer = { action, namespace, key, effect: 'refused', error: problemOf(error) } as const;
    const audited = [{ ...(applying ? { action: ACTIONS[action] } : {}), namespace, key, outcome: error.code }];
    return { answer: applying ? { ...answer, result: 'refused' } : answer, audited };
  }

  #late(): CofferError {
    this.metrics.refusals.inc({ budget: 'batch-time' });
    return new CofferError('timeout', 'the item was not begun in time: send it in another request');
  }

  #recognised(thrown: unknown): CofferError {
    const error = recognise(thrown);
    if (error.code === 'internal') logFailure(this.logger, error, thrown, {});
    return error;
  }
}

/** The records of an item that was carried out: of a copy, also of the secret that was read. */
const auditedOf = ({ item, source }: Planned, applied: AppliedChange): readonly AuditedSecret[] => {
  const { namespace, key, action } = item;
  const { operation, version, value, sourceVersion, removal } = applied;
  const written = { action: ACTIONS[action], namespace, key, operation, ...(version === undefined ? {} : { version }) };
  const target = value === undefined ? written : { ...written, value };
  if (source === undefined) return [target];
  const from = { namespace: source.namespace, key: source.key };
  const read = { action: 'secret.read', ...from, ...(sourceVersion === undefined ? {} : { version: sourceVersion }) };
  return [
    value === undefined ? read : { ...read, value },
    target,
    ...(removal === undefined ? [] : [{ action: 'secret.delete', ...from, operation: removal }]),
  ];
};
