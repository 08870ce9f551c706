import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';

/** Looking for records of the audit. */
@Module({ controllers: [AuditController] })
export class AuditModule {}
