import type { LogEntry } from '@coffer/coherence';
import { PATTERNS } from '@coffer/messaging/nest';
import { CatalogueService, ReadCache } from '@coffer/reads';
import { Operations } from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { EventHub } from './events/event-hub.js';
import { CoherenceProbe } from './coherence-probe.js';
import { ProcessObserver } from './system/process-observer.js';

/** The gateway's message handlers. */
@Controller()
export class LogController {
  constructor(
    @Inject(Operations) private readonly operations: Operations,
    @Inject(CatalogueService) private readonly catalogue: CatalogueService,
    @Inject(ReadCache) private readonly cache: ReadCache | undefined,
    @Inject(EventHub) private readonly events: EventHub,
    @Inject(CoherenceProbe) private readonly probe: CoherenceProbe | undefined,
    @Inject(ProcessObserver) private readonly processes: ProcessObserver,
  ) {}

  @EventPattern(PATTERNS.coherence)
  coherence(@Payload() entry: LogEntry): void {
    // First what a cache may serve and a list shows, then whoever watches, or waits for the write.
    this.cache?.read(entry);
    this.probe?.read(entry);
    this.catalogue.read(entry);
    this.events.read(entry);
    this.operations.read(entry);
    this.processes.read(entry);
  }
}
