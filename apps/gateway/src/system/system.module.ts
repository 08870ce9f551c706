import type { Timing } from '@coffer/coherence';
import type { Messaging } from '@coffer/messaging';
import type { Clock } from '@coffer/secrets';
import type { AccessWatch, StoreHealth } from '@coffer/service';
import { Operations, WriteAdmission } from '@coffer/writes';
import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { ACCESS_STATE, CLOCK, MESSAGING, STORE_HEALTH, TIMING } from '../process/tokens.js';
import { WritesModule } from '../writes/writes.module.js';
import { CONSOLE_FOLDER, ConsoleFiles } from './console-files.js';
import { ConsoleController } from './console.controller.js';
import { FrontController } from './front.controller.js';
import { ReadsModule } from '../reads/reads.module.js';
import { HealthController } from './health.controller.js';
import { OverviewController } from './overview.controller.js';
import { HealthService } from './health.service.js';
import { ProcessObserver } from './process-observer.js';

const openHealth = (
  stores: Pick<StoreHealth, 'down'>,
  access: Pick<AccessWatch, 'stale'> | undefined,
  messaging: Messaging,
  admission: WriteAdmission,
  operations: Operations,
): HealthService => new HealthService({ stores, access, messaging, admission, operations });

/** Health, metrics, the description of the API, the front page and the files of the console. */
@Module({
  imports: [HttpModule, ReadsModule, WritesModule],
  controllers: [HealthController, FrontController, ConsoleController, OverviewController],
  providers: [
    { provide: ConsoleFiles, useFactory: () => new ConsoleFiles(CONSOLE_FOLDER) },
    {
      provide: HealthService,
      inject: [STORE_HEALTH, ACCESS_STATE, MESSAGING, WriteAdmission, Operations],
      useFactory: openHealth,
    },
    {
      provide: ProcessObserver,
      inject: [TIMING, CLOCK],
      useFactory: ({ leaseMs, clockErrorMs }: Timing, clock: Clock) =>
        new ProcessObserver({ leaseMs: leaseMs + clockErrorMs, now: () => clock.wall() }),
    },
  ],
  exports: [HealthService, ProcessObserver],
})
export class SystemModule {}
