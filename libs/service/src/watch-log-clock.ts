import type { LogTime } from '@coffer/messaging';
import type { Logger, Metrics } from '@coffer/observability';

/** A clock that is off by more is warned of. */
const MAX_OFFSET_MS = 60_000;
/** How often the clocks are compared, and how often a clock that stays wrong is warned of. */
const POLL_INTERVAL_MS = 5_000;
const WARNING_INTERVAL_MS = 600_000;

/** Shows how far this machine's clock and Kafka's are apart, and warns where one of them is wrong: nothing depends on it. */
export const watchLogClock = (
  time: LogTime,
  metrics: Metrics,
  logger: Pick<Logger, 'warn'>,
  pollIntervalMs = POLL_INTERVAL_MS,
): { stop(): void } => {
  metrics.onScrape.add(() => metrics.logClockOffset.set(time.offsetMs() / 1_000));
  let warnedAt = -Infinity;
  const timer = setInterval(() => {
    const offsetMs = time.offsetMs();
    if (Math.abs(offsetMs) <= MAX_OFFSET_MS) warnedAt = -Infinity;
    else if (performance.now() - warnedAt >= WARNING_INTERVAL_MS) {
      warnedAt = performance.now();
      logger.warn(
        { offsetSeconds: Math.round(offsetMs / 1_000) },
        'the clock of this machine and that of Kafka are more than a minute apart: set both by a time server',
      );
    }
  }, pollIntervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
};
