import { collectDefaultMetrics, Counter, Gauge, Histogram } from 'prom-client';
import { auditMetrics } from './audit-metrics.js';
import { CacheMetrics, LATENCY_BUCKETS } from './cache-metrics.js';
import { Durations } from './durations.js';
import { lostLines } from './line-output.js';
import { tlsMetrics } from './tls-metrics.js';
import { webhookMetrics } from './webhook-metrics.js';

/** How much of a budget of bytes is in use. */
export interface BudgetReading {
  readonly bytes: number;
  readonly limitBytes: number;
  /** What was dropped so far because the budget was used up. */
  readonly evictions?: number;
}

/** Every figure that a process of Coffer shows. Labels are closed sets or names from the configuration, never a path. */
export class Metrics extends CacheMetrics {
  readonly storeCalls = new Histogram({
    name: 'coffer_store_call_seconds',
    help: 'Duration of calls to a store, by manager, operation and outcome',
    labelNames: ['manager', 'operation', 'outcome'],
    buckets: LATENCY_BUCKETS,
    registers: [this.registry],
  });

  readonly storeRetries = new Counter({
    name: 'coffer_store_retries_total',
    help: 'Repetitions of reads after a passing failure, by manager and operation',
    labelNames: ['manager', 'operation'],
    registers: [this.registry],
  });

  readonly breakerOpen = new Gauge({
    name: 'coffer_store_breaker_open',
    help: '1 while the circuit breaker of a manager is open',
    labelNames: ['manager'],
    registers: [this.registry],
  });

  readonly httpRequests = new Durations({
    name: 'coffer_http_request_seconds',
    help: 'Duration of HTTP requests, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_BUCKETS,
    registers: [this.registry],
  });

  readonly connections = new Gauge({
    name: 'coffer_http_connections',
    help: 'Open connections of the HTTP server',
    registers: [this.registry],
  });

  readonly requestsInFlight = new Gauge({
    name: 'coffer_http_requests_in_flight',
    help: 'Requests that are under way, those answered from memory and those that wait for longer than some 2 s not counted',
    registers: [this.registry],
  });

  readonly requestsLimit = new Gauge({
    name: 'coffer_http_requests_limit',
    help: 'How many requests may be under way now; falls while the event loop is never idle',
    registers: [this.registry],
  });

  readonly answerBytes = new Gauge({
    name: 'coffer_http_answers_in_flight_bytes',
    help: 'Bytes of long answers that are being made or that their callers have not taken yet',
    registers: [this.registry],
  });

  readonly refusals = new Counter({
    name: 'coffer_budget_refusals_total',
    help: 'What was refused because a budget of coffer.limits was used up, by budget',
    labelNames: ['budget'],
    registers: [this.registry],
  });

  readonly eventWatchers = new Gauge({
    name: 'coffer_event_watchers',
    help: 'Streams of events that are open',
    registers: [this.registry],
  });

  readonly changeWaiters = new Gauge({
    name: 'coffer_change_waiters',
    help: 'Reads of a value that wait for its next change',
    registers: [this.registry],
  });

  readonly eventsSent = new Counter({
    name: 'coffer_events_sent_total',
    help: 'Events sent to those who watch, by type',
    labelNames: ['type'],
    registers: [this.registry],
  });

  readonly eventWatchersEnded = new Counter({
    name: 'coffer_event_watchers_ended_total',
    help: 'Streams of events that are over, by reason: gone, slow, revoked, closing',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  readonly loginFailures = new Counter({
    name: 'coffer_login_failures_total',
    help: 'Logins that failed, by kind (password or token)',
    labelNames: ['kind'],
    registers: [this.registry],
  });

  readonly loginsThrottled = new Counter({
    name: 'coffer_logins_throttled_total',
    help: 'Logins that were refused unseen after too many failures, by kind (password or token)',
    labelNames: ['kind'],
    registers: [this.registry],
  });

  readonly loginThrottleEntries = new Gauge({
    name: 'coffer_login_throttle_entries',
    help: 'Addresses, and users of an address, whose failed logins are counted; at most 10,000',
    registers: [this.registry],
  });

  readonly endedSessions = new Gauge({
    name: 'coffer_ended_sessions',
    help: 'Sessions of browsers that this process remembers as signed out; at most 10,000',
    registers: [this.registry],
  });

  readonly revocationsRefused = new Counter({
    name: 'coffer_revocations_refused_total',
    help: 'What was ignored in the topic of revocations, by reason (unsigned, unknown-key, forged, unreadable)',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  readonly issuerKeyReads = new Counter({
    name: 'coffer_issuer_key_reads_total',
    help: 'Attempts to read the keys of an issuer, by issuer and outcome (read or failed)',
    labelNames: ['issuer', 'outcome'],
    registers: [this.registry],
  });

  readonly issuerKeysRead = new Gauge({
    name: 'coffer_issuer_keys_read_timestamp_seconds',
    help: 'When the keys of an issuer were last read, since the Unix epoch, by issuer',
    labelNames: ['issuer'],
    registers: [this.registry],
  });

  readonly tokenLastUsed = new Gauge({
    name: 'coffer_token_last_used_timestamp_seconds',
    help: 'When an access token of the configuration was last used with this process, since the Unix epoch, by its id',
    labelNames: ['token'],
    registers: [this.registry],
  });

  readonly accessStale = new Gauge({
    name: 'coffer_access_stale',
    help: '1 while the configuration file says something about access that is wrong, so that what it said before counts',
    registers: [this.registry],
  });

  readonly encryptionKeys = new Gauge({
    name: 'coffer_encryption_keys',
    help: '1 for each encryption key that this process has, by ring (coffer.encryption, or a store), id, and whether it seals',
    labelNames: ['ring', 'key', 'active'],
    registers: [this.registry],
  });

  readonly encryptionStale = new Gauge({
    name: 'coffer_encryption_stale',
    help: '1 while the configuration says something about encryption keys that is wrong, so that the keys from before count',
    registers: [this.registry],
  });

  readonly mutationsEnded = new Counter({
    name: 'coffer_mutations_ended_total',
    help: 'Mutations that ended, by kind and outcome (applied, superseded or an error code)',
    labelNames: ['kind', 'outcome'],
    registers: [this.registry],
  });

  readonly deadLetters = new Counter({
    name: 'coffer_dead_letters_total',
    help: 'Mutations that failed for good, by error code',
    labelNames: ['code'],
    registers: [this.registry],
  });

  readonly deadLettersRefused = new Counter({
    name: 'coffer_dead_letters_refused_total',
    help: 'What was ignored in the topic of dead letters, by reason (unsigned, unknown-key, forged)',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  readonly logRecordsRefused = new Counter({
    name: 'coffer_log_records_refused_total',
    help: 'Records of the coherence log that were passed over, by reason (unsigned, unknown-key, forged, stale, unreadable)',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  readonly logClockOffset = new Gauge({
    name: 'coffer_log_clock_offset_seconds',
    help: 'How far Kafka’s clock is ahead of this process’s wall clock, as far as known here',
    registers: [this.registry],
  });

  readonly mutations = new Gauge({
    name: 'coffer_mutations',
    help: 'Unfinished mutations of this worker, by where they stand: queued behind another of their key, pausing, preparing (no CLEARED yet), applying, dead-lettering, ending',
    labelNames: ['phase'] as const,
    registers: [this.registry],
  });

  readonly partitionsHalted = new Gauge({
    name: 'coffer_partitions_halted',
    help: 'Partitions of this worker that have stopped with fence-ahead',
    registers: [this.registry],
  });

  readonly queueUnfinished = new Gauge({
    name: 'coffer_queue_unfinished',
    help: 'Published mutations that no worker has finished, as far as this process knows',
    registers: [this.registry],
  });

  readonly writesWaiting = new Gauge({
    name: 'coffer_writes_waiting',
    help: 'Callers that wait for the outcome of their write',
    registers: [this.registry],
  });

  readonly logLinesLost = new Counter({
    name: 'coffer_log_lines_lost_total',
    help: 'Lines of this process that standard output or standard error did not take',
    registers: [this.registry],
    collect(): void {
      this.reset();
      this.inc(lostLines());
    },
  });

  readonly audit = auditMetrics(this.registry);

  readonly tls = tlsMetrics(this.registry);

  readonly webhooks = webhookMetrics(this.registry);

  /** Callbacks that set metrics before each scrape. */
  readonly onScrape = new Set<() => void>();

  constructor() {
    super();
    collectDefaultMetrics({ register: this.registry });
  }

  /** Shows a budget from now on, as `read` answers at each scrape. */
  watchBudget(budget: string, read: () => BudgetReading): void {
    let shown = 0;
    this.onScrape.add(() => {
      const { bytes, limitBytes, evictions = 0 } = read();
      this.budgetBytes.set({ budget }, bytes);
      this.budgetLimitBytes.set({ budget }, limitBytes);
      this.budgetEvictions.inc({ budget }, evictions - shown);
      shown = evictions;
    });
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    this.onScrape.forEach((refresh) => refresh());
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
