import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { LogEntry } from '@coffer/coherence';
import { PATTERNS } from '@coffer/messaging/nest';
import { CoordinatorRuntime } from './coordinator-runtime.js';

/** The coordinator's message handlers. */
@Controller()
export class CoordinatorController {
  constructor(@Inject(CoordinatorRuntime) private readonly runtime: CoordinatorRuntime) {}

  @EventPattern(PATTERNS.coherence)
  coherence(@Payload() entry: LogEntry): void {
    this.runtime.read(entry);
  }

  @EventPattern(PATTERNS.shardAssigned)
  assigned(@Payload() shard: number): void {
    this.runtime.take(shard);
  }

  @EventPattern(PATTERNS.shardRevoked)
  revoked(@Payload() shard: number): void {
    this.runtime.leave(shard);
  }
}
