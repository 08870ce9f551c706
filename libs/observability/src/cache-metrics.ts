import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds of histograms of durations, in seconds. */
export const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The part of `Metrics` about caches, the catalogue among them, leases, coordinators, take-overs and budgets of bytes. Every process has all of them
 * and sets those of its role. Each has a row in docs/operations/faults.md or coherence.md.
 */
export class CacheMetrics {
  readonly registry = new Registry();

  readonly cacheReads = new Counter({
    name: 'coffer_cache_reads_total',
    help: 'Reads of one key, by where the answer came from (l1, l2, store) and for store reads why (miss, stale, bypass)',
    labelNames: ['source', 'reason'],
    registers: [this.registry],
  });

  readonly cacheFills = new Counter({
    name: 'coffer_cache_fills_total',
    help: 'Answers of a store that might be kept, by what became of them (kept, killed, behind)',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  readonly cacheBlockedReads = new Counter({
    name: 'coffer_cache_blocked_reads_total',
    help: 'Reads that asked the store because a write of the key was under way',
    registers: [this.registry],
  });

  readonly cacheUnleasedReads = new Counter({
    name: 'coffer_cache_unleased_reads_total',
    help: 'Reads that asked the store because the gateway held no lease',
    registers: [this.registry],
  });

  readonly cacheEntries = new Gauge({
    name: 'coffer_cache_entries',
    help: 'Entries in the memory of this gateway, by manager',
    labelNames: ['manager'],
    registers: [this.registry],
  });

  readonly cacheBytes = new Gauge({
    name: 'coffer_cache_bytes',
    help: 'Bytes of entries in the memory of this gateway, by manager',
    labelNames: ['manager'],
    registers: [this.registry],
  });

  readonly cacheLease = new Gauge({
    name: 'coffer_cache_lease',
    help: '1 while this gateway may serve from its caches, by shard',
    labelNames: ['shard'],
    registers: [this.registry],
  });

  readonly storeReadsWaiting = new Gauge({
    name: 'coffer_store_reads_waiting',
    help: 'Uncached reads of a gateway that wait because its event loop is late',
    registers: [this.registry],
  });

  readonly storeReadsLimit = new Gauge({
    name: 'coffer_store_reads_limit',
    help: 'How many uncached reads this gateway makes at once; falls while its event loop is late',
    registers: [this.registry],
  });

  readonly staleReads = new Counter({
    name: 'coffer_reads_found_stale_total',
    help: 'Hits that the log later proved older than a write answered more than a second before; must stay 0',
    registers: [this.registry],
  });

  readonly canaryReads = new Counter({
    name: 'coffer_canary_reads_total',
    help: 'Reads of the canary secret, by outcome (fresh, stale, failed)',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  readonly sharedLooks = new Counter({
    name: 'coffer_shared_cache_looks_total',
    help: 'Questions to Redis for an entry, by outcome (hit, fill, miss, failed)',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  readonly sharedKeeps = new Counter({
    name: 'coffer_shared_cache_keeps_total',
    help: 'Entries sent to Redis, by whether it kept them',
    labelNames: ['kept'],
    registers: [this.registry],
  });

  readonly sharedUnreadable = new Counter({
    name: 'coffer_shared_cache_unreadable_total',
    help: 'Entries in Redis that do not open with the keys of this process',
    registers: [this.registry],
  });

  readonly sharedErrors = new Counter({
    name: 'coffer_shared_cache_errors_total',
    help: 'Failed calls to Redis, by the kind of error that it answered with, or timeout or connection',
    labelNames: ['family'],
    registers: [this.registry],
  });

  readonly sharedBreakerOpen = new Gauge({
    name: 'coffer_shared_cache_breaker_open',
    help: '1 while Redis is left alone after failures',
    registers: [this.registry],
  });

  readonly writeWaited = new Histogram({
    name: 'coffer_write_waited_for_readers_seconds',
    help: 'From a PREPARE until no cache could serve the key',
    buckets: LATENCY_BUCKETS,
    registers: [this.registry],
  });

  readonly coordinatorActive = new Gauge({
    name: 'coffer_coordinator_active',
    help: '1 while this process coordinates the shard',
    labelNames: ['shard'],
    registers: [this.registry],
  });

  readonly takeovers = new Counter({
    name: 'coffer_coordinator_takeovers_total',
    help: 'Shards that this process took over because their coordinator was silent, by shard',
    labelNames: ['shard'],
    registers: [this.registry],
  });

  readonly takenOver = new Counter({
    name: 'coffer_coordinator_taken_over_total',
    help: 'Shards that this process lost to another coordinator while it coordinated them, by shard',
    labelNames: ['shard'],
    registers: [this.registry],
  });

  readonly partitionsTakenOver = new Counter({
    name: 'coffer_partitions_taken_over_total',
    help: 'Partitions that this worker lost to another one while it owned them',
    registers: [this.registry],
  });

  readonly leaseHolders = new Gauge({
    name: 'coffer_lease_holders',
    help: 'Gateways that may hold a lease, by shard that this process coordinates',
    labelNames: ['shard'],
    registers: [this.registry],
  });

  readonly recordsBehind = new Gauge({
    name: 'coffer_reader_records_behind',
    help: 'Records of the log that the slowest gateway has not told to have read, by shard that this process coordinates',
    labelNames: ['shard'],
    registers: [this.registry],
  });

  readonly budgetBytes = new Gauge({
    name: 'coffer_budget_bytes',
    help: 'Bytes in use of what a budget bounds, by budget',
    labelNames: ['budget'],
    registers: [this.registry],
  });

  readonly budgetLimitBytes = new Gauge({
    name: 'coffer_budget_limit_bytes',
    help: 'Bytes that a budget allows, by budget',
    labelNames: ['budget'],
    registers: [this.registry],
  });

  readonly budgetEvictions = new Counter({
    name: 'coffer_budget_evictions_total',
    help: 'What was dropped before its time because a budget was used up, by budget',
    labelNames: ['budget'],
    registers: [this.registry],
  });

  readonly catalogueEntries = new Gauge({
    name: 'coffer_catalogue_entries',
    help: 'Secrets that the catalogue lists, by manager',
    labelNames: ['manager'],
    registers: [this.registry],
  });

  readonly catalogueScanned = new Gauge({
    name: 'coffer_catalogue_scanned_timestamp_seconds',
    help: 'When the latest scan of a manager’s store that was finished began, since the Unix epoch',
    labelNames: ['manager'],
    registers: [this.registry],
  });

  readonly catalogueScans = new Histogram({
    name: 'coffer_catalogue_scan_seconds',
    help: 'Duration of scans of a store’s list, by manager and outcome',
    labelNames: ['manager', 'outcome'],
    buckets: [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
    registers: [this.registry],
  });

  readonly catalogueDrift = new Counter({
    name: 'coffer_catalogue_drift_total',
    help: 'Secrets that scans found changed behind Coffer, by manager and kind (appeared, changed, deleted)',
    labelNames: ['manager', 'kind'],
    registers: [this.registry],
  });

  readonly catalogueUnknownTenants = new Gauge({
    name: 'coffer_catalogue_unknown_tenants',
    help: 'Tenants that are listed though neither the configuration nor a store knows of them',
    registers: [this.registry],
  });
}
