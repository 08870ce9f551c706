import type { LimitsConfiguration } from '@coffer/config';
import { Metrics } from '@coffer/observability';
import { Module } from '@nestjs/common';
import { LIMITS } from '../process/tokens.js';
import { ReadsModule } from '../reads/reads.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { CacheController } from './cache.controller.js';
import { RefreshBudget } from './refresh-budget.js';
import { ValuesController } from './values.controller.js';

const openRefreshBudget = ({ refreshesPerMinute: perMinute }: LimitsConfiguration, metrics: Metrics): RefreshBudget =>
  new RefreshBudget({
    perMinute,
    now: () => performance.now(),
    refused: () => metrics.refusals.inc({ budget: 'refreshes' }),
  });

/** Reading values, and dropping them from every cache. */
@Module({
  imports: [ReadsModule, WritesModule],
  controllers: [ValuesController, CacheController],
  providers: [{ provide: RefreshBudget, inject: [LIMITS, Metrics], useFactory: openRefreshBudget }],
})
export class ValuesModule {}
