import { Module } from '@nestjs/common';
import { AccessController } from './access.controller.js';
import { RoleController } from './role.controller.js';
import { SessionController } from './session.controller.js';

/** Who is calling, and what they may do. */
@Module({ controllers: [AccessController, SessionController, RoleController] })
export class AccessModule {}
