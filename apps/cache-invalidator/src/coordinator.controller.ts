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

  @EventPattern(PATTERNS.shardsAssigned)
  assigned(@Payload() shards: ReadonlySet<number>): void {
    this.runtime.assign(shards);
  }
}
