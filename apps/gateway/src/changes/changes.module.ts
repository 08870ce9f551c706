import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { ReadsModule } from '../reads/reads.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { ChangesController } from './changes.controller.js';

/** Many changes in one request. */
@Module({ imports: [HttpModule, ReadsModule, WritesModule], controllers: [ChangesController] })
export class ChangesModule {}
