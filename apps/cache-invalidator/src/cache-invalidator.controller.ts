import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { LogEntry } from '@coffer/coherence';
import { PATTERNS } from '@coffer/messaging/nest';
import { CacheInvalidatorRuntime } from './cache-invalidator-runtime.js';

/** The cache invalidator's message handlers. */
@Controller()
export class CacheInvalidatorController {
  constructor(@Inject(CacheInvalidatorRuntime) private readonly runtime: CacheInvalidatorRuntime) {}

  @EventPattern(PATTERNS.coherence)
  coherence(@Payload() entry: LogEntry): void {
    this.runtime.read(entry);
  }

  @EventPattern(PATTERNS.shardsAssigned)
  assigned(@Payload() shards: ReadonlySet<number>): void {
    this.runtime.assign(shards);
  }
}
