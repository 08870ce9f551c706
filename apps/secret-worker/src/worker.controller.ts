import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { LogEntry } from '@coffer/coherence';
import type { Delivery } from '@coffer/messaging';
import { PATTERNS } from '@coffer/messaging/nest';
import { WorkerRuntime } from './worker-runtime.js';

/** The worker's message handlers. */
@Controller()
export class WorkerController {
  constructor(@Inject(WorkerRuntime) private readonly runtime: WorkerRuntime) {}

  @EventPattern(PATTERNS.coherence)
  coherence(@Payload() entry: LogEntry): void {
    this.runtime.read(entry);
  }

  @EventPattern(PATTERNS.partitionAssigned)
  assigned(@Payload() partition: number): void {
    this.runtime.assigned(partition);
  }

  @EventPattern(PATTERNS.partitionRevoked)
  revoked(@Payload() partition: number): void {
    this.runtime.revoked(partition);
  }

  @EventPattern(PATTERNS.mutation)
  async mutation(@Payload() delivery: Delivery): Promise<void> {
    await this.runtime.deliver(delivery);
  }
}
