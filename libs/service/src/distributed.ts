import { SESSION_LIFETIME_MS } from '@coffer/access';
import { adviceFor, type FacadeMetrics } from '@coffer/backend-facade';
import { Stores } from '@coffer/backend-registry';
import { DEFAULT_TIMING, type Timing } from '@coffer/coherence';
import { requireDistributed, type DistributedConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { connectionAdvice, MessageSealer, openKafkaMessaging, type Messaging } from '@coffer/messaging';
import { Metrics, openTraces, type Logger, type Traces } from '@coffer/observability';
import { CofferError, systemClock, type Clock } from '@coffer/secrets';
import { watchMessaging } from './messaging-metrics.js';
import { ThrottledLogger } from './throttled-logger.js';
import type { ServiceContext } from './service-process.js';
import { StoreHealth } from './store-health.js';
import { VERSION } from './version.js';
import { watchLogClock } from './watch-log-clock.js';

const MILLISECONDS = 1_000;

/** Counts the calls of a manager's facade under its name. */
const facadeMetrics =
  (metrics: Metrics) =>
  (manager: string): FacadeMetrics => ({
    call: (operation, outcome, milliseconds) =>
      metrics.storeCalls.observe({ manager, operation, outcome }, milliseconds / MILLISECONDS),
    retry: (operation) => metrics.storeRetries.inc({ manager, operation }),
    breaker: (open) => metrics.breakerOpen.set({ manager }, open ? 1 : 0),
  });

const RETRY_DELAY_MS = 1_000;

const REFUSED = 'ignored a record of the coherence log: its MAC is wrong, or this process lacks the key that signed it';

const DEAD_LETTER_REFUSED =
  'ignored what is in the topic of dead letters: its MAC is wrong, or this process lacks the key that signed it; see who may ' +
  'write to the topic';

const REVOCATION_REFUSED =
  'ignored what is in the topic of revocations: its MAC is wrong, or this process lacks the key that signed it; see who may ' +
  'write to the topic';

/** Longer than whatever can be revoked, by what clocks may differ. */
export const REVOCATION_RETENTION_MS = SESSION_LIFETIME_MS + 3_600_000;

const EVICTED = {
  view: 'a dead letter is not shown any more: there are more than one process lists; replay or discard some',
  topic:
    'a dead letter was dropped: all of them take up what their topic keeps (retention.bytes, which coffer.limits.deadLetters ' +
    'sets where Coffer makes the topic); replay or discard some',
} as const;

/** Kafka may come up after us; what is wrong with the configuration does not mend itself. */
const untilReachable = async <T>(open: () => Promise<T>, logger: Logger): Promise<T> => {
  for (let warned = false; ; warned = true) {
    try {
      return await open();
    } catch (err) {
      if (CofferError.is(err)) throw err;
      const advice = connectionAdvice(err);
      const fields = { err, ...(advice && { advice }), retryMilliseconds: RETRY_DELAY_MS };
      if (!warned) logger.warn(fields, 'Kafka cannot be reached; trying again');
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
    }
  }
};

/** What every process of a distributed Coffer has, whatever its role. */
export interface Distributed {
  readonly configuration: DistributedConfiguration;
  readonly ring: KeyRing;
  readonly sealer: MessageSealer;
  readonly messaging: Messaging;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly logger: Logger;
  readonly traces: Traces;
  close(): Promise<void>;
}

/** Connects to Kafka; throws `configuration` naming what is missing, or when the topics do not fit. */
export const openDistributed = async ({
  name,
  configuration,
  needs,
  logger,
  fail,
}: ServiceContext): Promise<Distributed> => {
  const complete = requireDistributed(configuration, needs);
  const { encryption, kafka, messaging: settings } = complete;
  const timing = DEFAULT_TIMING;
  const clock = systemClock;
  const traces = await openTraces({ service: `coffer-${name}`, version: VERSION, logger });
  const ring = await KeyRing.derive(encryption.keys);
  const throttled = new ThrottledLogger(logger, clock);
  const metrics = new Metrics();
  const open = (): ReturnType<typeof openKafkaMessaging> =>
    openKafkaMessaging({
      configuration: kafka,
      topology: { partitions: settings.partitions, shards: settings.shards },
      generation: settings.generation,
      windowMs: timing.windowMs,
      clock,
      ring,
      onRefused: (reason, place) => {
        metrics.logRecordsRefused.inc({ reason });
        const fields = { reason, shard: place.shard, offset: String(place.offset) };
        throttled.log('warn', fields, REFUSED, `refused ${reason}`);
      },
      deadLettersMaxBytes: complete.limits.deadLetters,
      onDeadLetterEvicted: (deadLetter, reason) =>
        throttled.log('error', deadLetter, EVICTED[reason], `evicted ${reason}`),
      onDeadLetterRefused: (reason, offset) => {
        metrics.deadLettersRefused.inc({ reason });
        throttled.log('warn', { reason, offset: String(offset) }, DEAD_LETTER_REFUSED, `dead letter ${reason}`);
      },
      log: (level, message) => {
        throttled.log(level === 'error' ? 'warn' : 'debug', { kafka: message }, 'message of the Kafka client', message);
      },
      onFatal: fail,
      publishes: name === 'gateway',
      revocations: {
        retentionMs: REVOCATION_RETENTION_MS,
        onRefused: (reason) => {
          metrics.revocationsRefused.inc({ reason });
          throttled.log('warn', { reason }, REVOCATION_REFUSED, `revocation ${reason}`);
        },
      },
    });
  const { messaging, close } = await untilReachable(open, logger);
  const sealer = new MessageSealer(ring);
  const clockWatch = watchLogClock(messaging.time, metrics, logger);
  const closeAll = async (): Promise<void> => {
    clockWatch.stop();
    await close();
    await traces.close();
  };
  watchMessaging(messaging, metrics);
  return { configuration: complete, ring, sealer, messaging, metrics, clock, timing, logger, traces, close: closeAll };
};

/** What the log says of the failure that opened a breaker. */
const causeOf = (failure: CofferError | undefined): Readonly<Record<string, string>> => {
  if (failure === undefined) return {};
  const advice = adviceFor(failure.code);
  return { code: failure.code, reason: failure.message, ...(advice === undefined ? {} : { advice }) };
};

/** The stores of a role that asks them, and a watch over whether they answer. */
export const openStores = async (
  {
    configuration,
    metrics,
    timing,
    logger,
  }: Pick<Distributed, 'metrics' | 'timing' | 'logger'> & {
    readonly configuration: Parameters<typeof Stores.open>[0];
  },
  embedded?: NonNullable<Parameters<typeof Stores.open>[1]>['embedded'],
): Promise<{ registry: Stores; health: StoreHealth }> => {
  const registry = await Stores.open(configuration, {
    ...(embedded === undefined ? {} : { embedded }),
    callTimeoutMs: timing.callTimeoutMs,
    metrics: facadeMetrics(metrics),
  });
  registry.onBreaker(({ name: store }, open, failure) => {
    if (open)
      logger.warn({ store, ...causeOf(failure) }, 'the circuit breaker of the store is open: calls fail at once');
    else logger.info({ store }, 'the circuit breaker of the store is closed: it answers again');
  });
  return { registry, health: new StoreHealth(registry.all(), logger) };
};
