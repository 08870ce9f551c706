import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { CoordinatorController } from './coordinator.controller.js';
import type { CoordinatorModuleOptions } from './coordinator-options.js';
import { CoordinatorRuntime } from './coordinator-runtime.js';

/** The coordinator: answers every PREPARE with CLEARED once no cache can serve the key. */
@Module({})
export class CoordinatorModule implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  static register(options: CoordinatorModuleOptions): DynamicModule {
    return {
      module: CoordinatorModule,
      controllers: [CoordinatorController],
      providers: [{ provide: CoordinatorRuntime, useFactory: () => new CoordinatorRuntime(options) }],
    };
  }

  constructor(@Inject(CoordinatorRuntime) private readonly runtime: CoordinatorRuntime) {}

  onModuleInit(): void {
    this.runtime.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.runtime.leaveAll();
  }

  onApplicationShutdown(): void {
    this.runtime.stop();
  }
}
