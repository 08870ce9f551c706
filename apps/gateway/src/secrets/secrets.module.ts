import { Module } from '@nestjs/common';
import { ReadsModule } from '../reads/reads.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { ListsController } from './lists.controller.js';
import { WritesController } from './writes.controller.js';

/** Kestra's management API, which never returns a value. */
@Module({ imports: [ReadsModule, WritesModule], controllers: [WritesController, ListsController] })
export class SecretsModule {}
