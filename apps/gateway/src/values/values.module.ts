import type { LimitsConfiguration } from '@coffer/config';
import { Metrics } from '@coffer/observability';
import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { EventHub } from '../events/event-hub.js';
import { EventsModule } from '../events/events.module.js';
import { HttpModule } from '../http/http.module.js';
import { LIMITS } from '../process/tokens.js';
import { ReadsModule } from '../reads/reads.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { AllValuesController } from './all-values.controller.js';
import { CacheController } from './cache.controller.js';
import { ChangeWaiters } from './change-waiters.js';
import { CompareController } from './compare.controller.js';
import { GivenValues } from './given-values.js';
import { RefreshBudget } from './refresh-budget.js';
import { ValueWritesController } from './value-writes.controller.js';
import { ValuesController } from './values.controller.js';
import { WaitingReads } from './waiting-reads.js';

const openRefreshBudget = (limits: LimitsConfiguration, metrics: Metrics): RefreshBudget => {
  const budget = new RefreshBudget({
    perMinute: limits.refreshesPerMinute,
    maxBytes: limits.callers,
    now: () => performance.now(),
    refused: () => metrics.refusals.inc({ budget: 'refreshes' }),
  });
  metrics.watchBudget('refresh-quota', () => budget.reading);
  return budget;
};

const openGivenValues = (metrics: Metrics): GivenValues => {
  const given = new GivenValues();
  metrics.watchBudget('given-values', () => given.reading);
  return given;
};

/** Reading values, and dropping them from every cache. */
@Module({
  imports: [EventsModule, HttpModule, ReadsModule, WritesModule],
  controllers: [ValuesController, AllValuesController, ValueWritesController, CacheController, CompareController],
  providers: [
    { provide: RefreshBudget, inject: [LIMITS, Metrics], useFactory: openRefreshBudget },
    { provide: GivenValues, inject: [Metrics], useFactory: openGivenValues },
    {
      provide: ChangeWaiters,
      inject: [EventHub, Metrics],
      useFactory: (hub: EventHub, metrics: Metrics) => new ChangeWaiters(hub, metrics),
    },
    WaitingReads,
  ],
})
export class ValuesModule implements OnModuleDestroy {
  constructor(@Inject(ChangeWaiters) private readonly waiters: ChangeWaiters) {}

  /** Before the HTTP server stops listening, which waits for what is under way. */
  onModuleDestroy(): void {
    this.waiters.close();
  }
}
