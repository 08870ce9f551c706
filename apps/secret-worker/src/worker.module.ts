import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { WorkerController } from './worker.controller.js';
import type { WorkerOptions } from './worker-options.js';
import { WorkerRuntime } from './worker-runtime.js';

/** The only writer: mutation → PREPARE → CLEARED → store → COMMIT. */
@Module({})
export class WorkerModule implements OnModuleInit, OnApplicationShutdown {
  static register(options: WorkerOptions): DynamicModule {
    return {
      module: WorkerModule,
      controllers: [WorkerController],
      providers: [{ provide: WorkerRuntime, useFactory: () => new WorkerRuntime(options) }],
    };
  }

  constructor(@Inject(WorkerRuntime) private readonly runtime: WorkerRuntime) {}

  onModuleInit(): void {
    this.runtime.start();
  }

  onApplicationShutdown(): void {
    this.runtime.stop();
  }
}
