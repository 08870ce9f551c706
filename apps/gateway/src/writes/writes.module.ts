import type { Timing } from '@coffer/coherence';
import type { LimitsConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { MessageSealer, type Messaging } from '@coffer/messaging';
import { Metrics, type Logger, type Traces } from '@coffer/observability';
import type { Clock } from '@coffer/secrets';
import { DeadLetterService, MutationWriter, Operations, validateByStore, WriteAdmission } from '@coffer/writes';
import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { StoreRegistry } from '../process/gateway-parts.js';
import { CLOCK, LIMITS, LOGGER, MESSAGING, STORES, TIMING, TRACES } from '../process/tokens.js';

const openOperations = (
  { log }: Messaging,
  { windowMs }: Timing,
  clock: Clock,
  limits: LimitsConfiguration,
): Operations => new Operations(windowMs, log, clock, limits.operations);

const openAdmission = ({ producer }: Messaging, { queue }: LimitsConfiguration, metrics: Metrics): WriteAdmission => {
  const refused = (): void => metrics.refusals.inc({ budget: 'queue' });
  return new WriteAdmission({ producer, queueMaxBytes: queue, refused });
};

const openWriter = (
  messaging: Messaging,
  operations: Operations,
  admission: WriteAdmission,
  sealer: MessageSealer,
  ring: KeyRing,
  stores: StoreRegistry,
  metrics: Metrics,
  traces: Traces,
): MutationWriter => {
  const validate = validateByStore(stores);
  return new MutationWriter({ messaging, operations, admission, sealer, ring, validate, metrics, traces });
};

const openDeadLetters = (
  messaging: Messaging,
  operations: Operations,
  admission: WriteAdmission,
  sealer: MessageSealer,
  logger: Logger,
): DeadLetterService => new DeadLetterService({ messaging, operations, admission, sealer, logger });

/** Publishing mutations, and learning what became of them. */
@Module({
  providers: [
    { provide: Operations, inject: [MESSAGING, TIMING, CLOCK, LIMITS], useFactory: openOperations },
    { provide: WriteAdmission, inject: [MESSAGING, LIMITS, Metrics], useFactory: openAdmission },
    {
      provide: MutationWriter,
      inject: [MESSAGING, Operations, WriteAdmission, MessageSealer, KeyRing, STORES, Metrics, TRACES],
      useFactory: openWriter,
    },
    {
      provide: DeadLetterService,
      inject: [MESSAGING, Operations, WriteAdmission, MessageSealer, LOGGER],
      useFactory: openDeadLetters,
    },
  ],
  exports: [DeadLetterService, MutationWriter, Operations, WriteAdmission],
})
export class WritesModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(Operations) private readonly operations: Operations,
    @Inject(WriteAdmission) admission: WriteAdmission,
    @Inject(Metrics) metrics: Metrics,
  ) {
    metrics.watchBudget('queue', () => admission.memory);
    metrics.watchBudget('operations', () => operations.memory);
  }

  onApplicationBootstrap(): void {
    this.operations.start();
  }

  onModuleDestroy(): void {
    this.operations.close();
  }
}
