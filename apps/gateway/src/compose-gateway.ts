import type { Authenticator } from '@coffer/access';
import type { BackendRegistry } from '@coffer/backend-registry';
import { ElapsedTime, type Timing } from '@coffer/coherence';
import { DEFAULT_BUDGETS, type Configuration, type LimitsConfiguration } from '@coffer/config';
import type { KeyRing } from '@coffer/crypto';
import type { MessageSealer, Messaging } from '@coffer/messaging';
import { NO_TRACES, type Logger, type Metrics, type Traces } from '@coffer/observability';
import { type CacheParts, CatalogueService, ListService, ReadCache, ReadService, StoreLookup } from '@coffer/reads';
import { DEFAULT_TENANT, type Clock } from '@coffer/secrets';
import type { AccessWatch, StoreHealth } from '@coffer/service';
import { DeadLetterService, MutationWriter, Operations, validateByStore, WriteAdmission } from '@coffer/writes';
import type { DynamicModule } from '@nestjs/common';
import { gatewayHealth } from './system/health.service.js';
import { GatewayModule } from './gateway.module.js';
import { Canary } from './coherence-probe.js';

/** The part of a registry that a gateway needs. */
export type StoreRegistry = Pick<BackendRegistry, 'managerFor' | 'managersOf' | 'storeOf' | 'managers'>;

/** What a gateway is made of, in a process of its own or beside the other roles. */
export interface GatewayParts {
  readonly registry: StoreRegistry;
  readonly health: StoreHealth;
  readonly messaging: Messaging;
  readonly ring: KeyRing;
  readonly sealer: MessageSealer;
  readonly authenticator: Authenticator;
  /** Whether tokens and users may have changed without counting yet. Absent: they do not change. */
  readonly access?: Pick<AccessWatch, 'stale'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Absent: none. */
  readonly traces?: Traces;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly catalogue: Configuration['catalogue'];
  /** Absent: every read asks its store. */
  readonly cache?: CacheParts;
  /** Absent: none. */
  readonly probe?: Configuration['probe'];
  readonly version: string;
  /** Absent: the defaults of `coffer.limits`. */
  readonly limits?: LimitsConfiguration;
}

/** Those that will be asked for, as far as the configuration tells. */
const tenantsOf = (registry: StoreRegistry): string[] => [
  ...new Set([DEFAULT_TENANT, ...registry.managers().flatMap(({ tenant }) => tenant ?? [])]),
];

export const composeGateway = (parts: GatewayParts): DynamicModule => {
  const { registry, health, messaging, ring, sealer, authenticator, metrics, logger, clock, timing, version } = parts;
  const { traces = NO_TRACES, limits = DEFAULT_BUDGETS } = parts;
  const operations = new Operations(timing.windowMs, messaging.log, clock, limits.operations);
  let queueRefusals = 0;
  const admission = new WriteAdmission({
    producer: messaging.producer,
    queueMaxBytes: limits.queue,
    refused: () => {
      queueRefusals += 1;
      metrics.refusals.inc({ budget: 'queue' });
    },
  });
  metrics.watchBudget('operations', () => operations.memory);
  metrics.watchBudget('queue', () => ({ bytes: messaging.producer.backlog().bytes, limitBytes: limits.queue }));
  const validate = validateByStore(registry);
  const time = parts.cache?.time ?? new ElapsedTime(clock);
  const catalogue = new CatalogueService({
    managers: registry,
    log: messaging.log,
    sealer,
    window: timing.windowMs,
    refresh: parts.catalogue.refresh,
    tenants: tenantsOf(registry),
    maxUnknownTenants: limits.tenants,
    now: () => time.now(),
    metrics,
    logger,
  });
  const cache =
    parts.cache &&
    new ReadCache({
      ...parts.cache,
      ...{ messaging, timing, clock, registry, metrics, logger },
      maxBytes: limits.localCache,
      absenceOf: (path) => catalogue.absence(path),
      markSuspect: () => catalogue.markSuspect(),
    });
  const reads = new ReadService(cache?.lookup ?? new StoreLookup(registry));
  const writes = new MutationWriter({ messaging, operations, admission, sealer, ring, validate, metrics, traces });
  const now = (): number => time.now();
  const canary = parts.probe && new Canary({ ...parts.probe, reads, writes, sealer, metrics, logger, now });
  return GatewayModule.register({
    operations,
    catalogue,
    ...(cache && { cache }),
    ...(canary && { canary }),
    http: {
      reads,
      lists: new ListService(catalogue, registry),
      writes,
      deadLetters: new DeadLetterService({ messaging, operations, admission, sealer, logger }),
      authenticator,
      health: gatewayHealth({
        ...{ stores: health, access: parts.access, messaging, operations },
        queue: { maxBytes: limits.queue, refusals: () => queueRefusals },
      }),
      metrics,
      logger,
      traces,
      version,
      limits,
    },
  });
};
