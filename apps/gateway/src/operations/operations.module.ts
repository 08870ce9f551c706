import { Module } from '@nestjs/common';
import { WritesModule } from '../writes/writes.module.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { OperationsController } from './operations.controller.js';

/** What became of writes, and what people do about those that failed for good. */
@Module({ imports: [WritesModule], controllers: [OperationsController, DeadLettersController] })
export class OperationsModule {}
