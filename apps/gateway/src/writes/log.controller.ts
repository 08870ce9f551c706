import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { LogEntry } from '@coffer/coherence';
import { PATTERNS } from '@coffer/messaging/nest';
import { Operations } from './operations.js';

/** The gateway's message handlers. */
@Controller()
export class LogController {
  constructor(@Inject(Operations) private readonly operations: Operations) {}

  @EventPattern(PATTERNS.coherence)
  coherence(@Payload() entry: LogEntry): void {
    this.operations.read(entry);
  }
}
