import { ElapsedTime, type Timing } from '@coffer/coherence';
import type { Configuration, LimitsConfiguration } from '@coffer/config';
import { MessageSealer, type Messaging } from '@coffer/messaging';
import { Metrics, type Logger } from '@coffer/observability';
import {
  CatalogueService,
  ListService,
  ReadCache,
  ReadService,
  SecretSearch,
  StoreLookup,
  type CacheParts,
} from '@coffer/reads';
import { DEFAULT_TENANT, type Clock } from '@coffer/secrets';
import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { StoreRegistry } from '../process/gateway-parts.js';
import {
  CACHE_PARTS,
  CATALOGUE_SETTINGS,
  CLOCK,
  LIMITS,
  LOGGER,
  MESSAGING,
  STORES,
  TIMING,
} from '../process/tokens.js';

/** Those that will be asked for, as far as the configuration says. */
const tenantsOf = (stores: StoreRegistry): string[] => [
  ...new Set([DEFAULT_TENANT, ...stores.all().flatMap(({ tenant }) => tenant ?? [])]),
];

const openCatalogue = (
  stores: StoreRegistry,
  { log }: Messaging,
  sealer: MessageSealer,
  { windowMs }: Timing,
  { refresh }: Configuration['catalogue'],
  { tenants: maxUnknownTenants }: LimitsConfiguration,
  time: ElapsedTime,
  metrics: Metrics,
  logger: Logger,
): CatalogueService =>
  new CatalogueService({
    ...{ managers: stores, log, sealer, windowMs, refresh, maxUnknownTenants, metrics, logger },
    tenants: tenantsOf(stores),
    now: () => time.now(),
  });

const openCache = (
  parts: CacheParts | undefined,
  catalogue: CatalogueService,
  registry: StoreRegistry,
  messaging: Messaging,
  timing: Timing,
  clock: Clock,
  { localCache: maxBytes }: LimitsConfiguration,
  metrics: Metrics,
  logger: Logger,
): ReadCache | undefined =>
  parts &&
  new ReadCache({
    ...parts,
    ...{ messaging, timing, clock, registry, metrics, logger, maxBytes },
    absenceOf: (path) => catalogue.absence(path),
    markSuspect: () => catalogue.markSuspect(),
  });

/** Values over caches and stores, and lists over the catalogue. */
@Module({
  providers: [
    {
      provide: CatalogueService,
      inject: [STORES, MESSAGING, MessageSealer, TIMING, CATALOGUE_SETTINGS, LIMITS, ElapsedTime, Metrics, LOGGER],
      useFactory: openCatalogue,
    },
    {
      provide: ReadCache,
      inject: [CACHE_PARTS, CatalogueService, STORES, MESSAGING, TIMING, CLOCK, LIMITS, Metrics, LOGGER],
      useFactory: openCache,
    },
    {
      provide: ReadService,
      inject: [ReadCache, STORES],
      useFactory: (cache: ReadCache | undefined, stores: StoreRegistry) =>
        new ReadService(cache?.lookup ?? new StoreLookup(stores)),
    },
    {
      provide: ListService,
      inject: [CatalogueService, STORES],
      useFactory: (catalogue: CatalogueService, stores: StoreRegistry) => new ListService(catalogue, stores),
    },
    {
      provide: SecretSearch,
      inject: [CatalogueService, STORES],
      useFactory: (catalogue: CatalogueService, stores: StoreRegistry) => new SecretSearch(catalogue, stores),
    },
  ],
  exports: [CatalogueService, ListService, ReadCache, ReadService, SecretSearch],
})
export class ReadsModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(CatalogueService) private readonly catalogue: CatalogueService,
    @Inject(ReadCache) private readonly cache: ReadCache | undefined,
  ) {}

  onApplicationBootstrap(): void {
    this.catalogue.start();
  }

  /** Before the HTTP server stops listening, so that no write waits for this process. */
  onModuleDestroy(): void {
    this.cache?.close();
    this.catalogue.close();
  }
}
