import type { LimitsConfiguration } from '@coffer/config';
import { Metrics } from '@coffer/observability';
import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { LIMITS } from '../process/tokens.js';
import { ReadsModule } from '../reads/reads.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { AllValuesController } from './all-values.controller.js';
import { CacheController } from './cache.controller.js';
import { CompareController } from './compare.controller.js';
import { RefreshBudget } from './refresh-budget.js';
import { ValueWritesController } from './value-writes.controller.js';
import { ValuesController } from './values.controller.js';

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

/** Reading values, and dropping them from every cache. */
@Module({
  imports: [HttpModule, ReadsModule, WritesModule],
  controllers: [ValuesController, AllValuesController, ValueWritesController, CacheController, CompareController],
  providers: [{ provide: RefreshBudget, inject: [LIMITS, Metrics], useFactory: openRefreshBudget }],
})
export class ValuesModule {}
