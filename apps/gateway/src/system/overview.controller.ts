import { may, type Principal } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { Metrics } from '@coffer/observability';
import { CatalogueService, ReadCache } from '@coffer/reads';
import type { StoreHealth } from '@coffer/service';
import { DeadLetterService } from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import type { StoreRegistry } from '../process/gateway-parts.js';
import { STORE_HEALTH, STORES, VERSION } from '../process/tokens.js';
import { showSystem, type systemState } from './overview.endpoints.js';
import { ProcessObserver } from './process-observer.js';

type State = z.input<typeof systemState>;
type StoreState = State['stores'][number];
type Labels = Readonly<Partial<Record<string, string | number>>>;

interface Readable {
  get(): Promise<{
    readonly values: readonly { readonly value: number; readonly labels: Labels; readonly metricName?: string }[];
  }>;
}

/** The sum of a metric's values with that label. */
const sumOf = async (metric: Readable, label?: string, wanted?: string): Promise<number> => {
  const { values } = await metric.get();
  return values
    .filter(({ labels }) => label === undefined || labels[label] === wanted)
    .reduce((sum, { value }) => sum + value, 0);
};

const isoOf = (wallMs: number): string => new Date(wallMs).toISOString();

const meanMs = async (histogram: Readable): Promise<number | undefined> => {
  const { values } = await histogram.get();
  const ofName = (end: string): number =>
    values.filter(({ metricName }) => metricName?.endsWith(end) === true).reduce((sum, { value }) => sum + value, 0);
  const count = ofName('_count');
  return count === 0 ? undefined : (ofName('_sum') / count) * 1_000;
};

/** What the console's page of the system shows. */
@Controller()
export class OverviewController {
  constructor(
    @Inject(STORES) private readonly stores: StoreRegistry,
    @Inject(STORE_HEALTH) private readonly health: Pick<StoreHealth, 'down'>,
    @Inject(CatalogueService) private readonly catalogue: CatalogueService,
    @Inject(DeadLetterService) private readonly deadLetters: Pick<DeadLetterService, 'list'>,
    @Inject(KeyRing) private readonly ring: Pick<KeyRing, 'ids' | 'activeId'>,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(VERSION) private readonly version: string,
    @Inject(ReadCache) private readonly cache: Pick<ReadCache, 'instance'> | undefined,
    @Inject(ProcessObserver) private readonly observer: ProcessObserver,
  ) {}

  @Endpoint(showSystem)
  async show({ tenant, principal }: Call<typeof showSystem>): Promise<Answer<typeof showSystem>> {
    const everywhere = may(principal, 'admin', '*');
    const deadLetters = await this.#deadLetters(tenant, principal);
    const keys = this.ring.ids.map((id) => ({ id, active: id === this.ring.activeId }));
    const body: State = {
      stores: this.#storesOf(tenant, principal),
      ...(deadLetters === undefined ? {} : { deadLetters }),
      ...(everywhere ? { instance: await this.#instance(), processes: this.#processes(), keys } : {}),
    };
    return { status: 200, body };
  }

  #storesOf(tenant: string, principal: Principal): StoreState[] {
    const known = this.catalogue.overview(tenant);
    return this.stores
      .forTenant(tenant)
      .filter(({ namespace }) => may(principal, 'admin', tenant, namespace))
      .map(({ name, tenant: own, namespace, backend, readOnly }): StoreState => {
        const { store: type, conditionalWrites, rates = {} } = backend.capabilities;
        const reason = this.health.down.get(name);
        return {
          ...{ name, type, readOnly, conditionalWrites, rates: { ...rates } },
          ...(own === undefined ? {} : { tenant: own }),
          ...(namespace === undefined ? {} : { namespace }),
          health: reason === undefined ? { state: 'ok' } : { state: 'down', reason },
          breaker: backend.breakerOpen ? 'open' : 'closed',
          ...known.get(name),
        };
      });
  }

  #processes(): NonNullable<State['processes']> {
    const { gateways, coordinators, workers } = this.observer;
    return {
      gateways: gateways.map(({ id, leases, lastSeenMs }) => ({
        ...{ id, self: id === this.cache?.instance, leases, lastSeen: isoOf(lastSeenMs) },
      })),
      coordinators: coordinators.map(({ of, process, sinceMs }) => ({ shard: of, process, since: isoOf(sinceMs) })),
      workers: workers.map(({ of, process, sinceMs }) => ({ partition: of, process, since: isoOf(sinceMs) })),
    };
  }

  /** Those of the tenant that the caller administers. */
  async #deadLetters(tenant: string, principal: Principal): Promise<number | undefined> {
    try {
      const visible = await this.deadLetters.list(
        ({ path }) => path?.tenant === tenant && may(principal, 'admin', tenant, path.namespace),
      );
      return visible.length;
    } catch {
      return undefined;
    }
  }

  async #instance(): Promise<NonNullable<State['instance']>> {
    const { metrics } = this;
    for (const refresh of metrics.onScrape) refresh();
    const [l1, l2, store] = await Promise.all(
      ['l1', 'l2', 'store'].map((source) => sumOf(metrics.cacheReads, 'source', source)),
    );
    const reads = { l1: l1 ?? 0, l2: l2 ?? 0, store: store ?? 0 };
    const hits = reads.l1 + reads.l2;
    const all = hits + reads.store;
    const [fresh, stale, failed] = await Promise.all(
      ['fresh', 'stale', 'failed'].map((outcome) => sumOf(metrics.canaryReads, 'outcome', outcome)),
    );
    const leases = (await metrics.cacheLease.get()).values;
    const waited = await meanMs(metrics.writeWaited);
    return {
      version: this.version,
      reads: { ...reads, ...(all === 0 ? {} : { hitRatio: hits / all }) },
      leases: leases.map(({ labels, value }) => ({ shard: String(labels['shard']), held: value === 1 })),
      staleReads: await sumOf(metrics.staleReads),
      probe: { fresh: fresh ?? 0, stale: stale ?? 0, failed: failed ?? 0 },
      writesWaiting: await sumOf(metrics.writesWaiting),
      writesUnfinished: await sumOf(metrics.queueUnfinished),
      ...(waited === undefined ? {} : { writesWaitedMs: waited }),
      eventStreams: await sumOf(metrics.eventWatchers),
    };
  }
}
