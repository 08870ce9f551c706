import { Module } from '@nestjs/common';
import { ReadsModule } from '../reads/reads.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { ListsController } from './lists.controller.js';
import { DriftController } from './tables/drift.controller.js';
import { TablesController } from './tables/tables.controller.js';
import { WritesController } from './writes.controller.js';

/** Kestra's management API, and the console's tables; neither returns a value. */
@Module({
  imports: [ReadsModule, WritesModule],
  controllers: [WritesController, ListsController, TablesController, DriftController],
})
export class SecretsModule {}
