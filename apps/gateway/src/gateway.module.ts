import { ElapsedTime } from '@coffer/coherence';
import type { Configuration } from '@coffer/config';
import { MessageSealer } from '@coffer/messaging';
import { Metrics, type Logger } from '@coffer/observability';
import { ReadService } from '@coffer/reads';
import { MutationWriter } from '@coffer/writes';
import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { AuditModule } from './audit/audit.module.js';
import { ChangesModule } from './changes/changes.module.js';
import { CoherenceProbe } from './coherence-probe.js';
import { EventsModule } from './events/events.module.js';
import { HttpModule } from './http/http.module.js';
import { LogController } from './log.controller.js';
import { OperationsModule } from './operations/operations.module.js';
import type { GatewayParts } from './process/gateway-parts.js';
import { ProcessModule } from './process/process.module.js';
import { LOGGER, PROBE_SETTINGS } from './process/tokens.js';
import { ReadsModule } from './reads/reads.module.js';
import { SecretsModule } from './secrets/secrets.module.js';
import { SystemModule } from './system/system.module.js';
import { ValuesModule } from './values/values.module.js';
import { VaultModule } from './vault/vault.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { WritesModule } from './writes/writes.module.js';

const openProbe = (
  settings: Configuration['probe'],
  reads: ReadService,
  writes: MutationWriter,
  sealer: MessageSealer,
  metrics: Metrics,
  logger: Logger,
  time: ElapsedTime,
): CoherenceProbe | undefined =>
  settings && new CoherenceProbe({ ...settings, reads, writes, sealer, metrics, logger, now: () => time.now() });

/** The HTTP edge: authenticates and validates, reads stores, publishes mutations and waits for their outcome. */
@Module({
  imports: [
    AuditModule,
    HttpModule,
    ReadsModule,
    WritesModule,
    SecretsModule,
    ValuesModule,
    ChangesModule,
    EventsModule,
    WebhooksModule,
    OperationsModule,
    AccessModule,
    SystemModule,
  ],
  controllers: [LogController],
  providers: [
    {
      provide: CoherenceProbe,
      inject: [PROBE_SETTINGS, ReadService, MutationWriter, MessageSealer, Metrics, LOGGER, ElapsedTime],
      useFactory: openProbe,
    },
  ],
})
export class GatewayModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(CoherenceProbe) private readonly probe: CoherenceProbe | undefined) {}

  static register(parts: GatewayParts): DynamicModule {
    const vault = parts.vault?.enabled === true ? [VaultModule] : [];
    return { module: GatewayModule, imports: [ProcessModule.register(parts), ...vault] };
  }

  onApplicationBootstrap(): void {
    this.probe?.start();
  }

  onModuleDestroy(): void {
    this.probe?.close();
  }
}
