import type { Timing } from '@coffer/coherence';
import { MessageSealer, type Messaging } from '@coffer/messaging';
import { Metrics } from '@coffer/observability';
import { CatalogueService } from '@coffer/reads';
import type { Clock } from '@coffer/secrets';
import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { CLOCK, MESSAGING, TIMING } from '../process/tokens.js';
import { ReadsModule } from '../reads/reads.module.js';
import { EventHub } from './event-hub.js';
import { EventsController } from './events.controller.js';

const openHub = (
  { log }: Messaging,
  { windowMs }: Timing,
  sealer: MessageSealer,
  catalogue: CatalogueService,
  clock: Clock,
  metrics: Metrics,
): EventHub => new EventHub({ log, windowMs, sealer, catalogue, clock, metrics });

/** The change stream. */
@Module({
  imports: [ReadsModule],
  controllers: [EventsController],
  providers: [
    {
      provide: EventHub,
      inject: [MESSAGING, TIMING, MessageSealer, CatalogueService, CLOCK, Metrics],
      useFactory: openHub,
    },
  ],
  exports: [EventHub],
})
export class EventsModule implements OnModuleDestroy {
  constructor(@Inject(EventHub) private readonly hub: EventHub) {}

  /** Before the HTTP server stops listening, which waits for what is under way. */
  onModuleDestroy(): void {
    this.hub.close();
  }
}
