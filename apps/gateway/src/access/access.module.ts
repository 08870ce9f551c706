import { Module } from '@nestjs/common';
import { AccessController } from './access.controller.js';

/** Who is calling, and what they may do. */
@Module({ controllers: [AccessController] })
export class AccessModule {}
