import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { CacheInvalidatorController } from './cache-invalidator.controller.js';
import type { CacheInvalidatorOptions } from './cache-invalidator-options.js';
import { CacheInvalidatorRuntime } from './cache-invalidator-runtime.js';

/** Hosts the coordinators: answers every PREPARE with CLEARED once no cache can serve the key. */
@Module({})
export class CacheInvalidatorModule implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  static register(options: CacheInvalidatorOptions): DynamicModule {
    return {
      module: CacheInvalidatorModule,
      controllers: [CacheInvalidatorController],
      providers: [{ provide: CacheInvalidatorRuntime, useFactory: () => new CacheInvalidatorRuntime(options) }],
    };
  }

  constructor(@Inject(CacheInvalidatorRuntime) private readonly runtime: CacheInvalidatorRuntime) {}

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
