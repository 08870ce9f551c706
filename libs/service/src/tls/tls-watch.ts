import type { Logger, Metrics } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';
import type { ServiceContext } from '../service-process.js';
import { failureReasonOf, loadSettled, Poller, type WatchedFiles } from '../watched-files.js';
import type { ListenerTls } from './listener-tls.js';

/** Looks in a row that must find the same mistake: a certificate and its key are replaced one after the other. */
const FAILURES_REPORTED = 2;

export interface TlsWatchOptions {
  readonly tls: Pick<ListenerTls, 'apply' | 'sweep'>;
  /** Reads `coffer.server.tls` again, with its files. */
  readonly reload: ServiceContext['reloadTls'];
  readonly metrics: Pick<Metrics, 'tls'>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** As of `Poller`. */
  readonly intervalMs?: number;
  /** As of `loadSettled`. */
  readonly settleMs?: number;
}

const REMOVED = 'coffer.server.tls is gone; from TLS to plain HTTP needs a restart';

/**
 * Applies changes of `coffer.server.tls` and of the files that it names without a restart, whatever the file system says
 * about times; what is being written counts when it is written. While they are wrong, what they were before counts, and TLS is stale.
 */
export class TlsWatch {
  /** What was last looked into; `undefined` while that could not be applied. */
  #applied: WatchedFiles | undefined;
  #failures = 0;
  #reported: string | undefined;
  readonly #poller: Poller;

  constructor(private readonly options: TlsWatchOptions) {
    options.metrics.tls.stale.set(0);
    this.#poller = new Poller(() => this.#look(), options.intervalMs);
    this.#poller.start();
  }

  stop(): void {
    this.#poller.stop();
  }

  async #look(): Promise<void> {
    this.options.tls.sweep();
    try {
      if (this.#applied !== undefined && !(await this.#applied.changed())) return;
      const { tls, reload, metrics, logger, settleMs } = this.options;
      const { files, result } = await loadSettled(reload, settleMs);
      if (this.#poller.stopped) return;
      const settings = result();
      if (settings === undefined) throw new CofferError('configuration', REMOVED);
      if (tls.apply(settings)) {
        metrics.tls.reloads.inc({ outcome: 'applied' });
        logger.info('coffer.server.tls was read again and counts for new connections');
      }
      this.#applied = files;
      this.#failures = 0;
      this.#reported = undefined;
      metrics.tls.stale.set(0);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(err: unknown): void {
    this.#applied = undefined;
    this.#failures += 1;
    if (this.#failures < FAILURES_REPORTED) return;
    const { metrics, logger } = this.options;
    metrics.tls.stale.set(1);
    const reason = failureReasonOf(err);
    if (this.#reported === reason) return;
    this.#reported = reason;
    metrics.tls.reloads.inc({ outcome: 'failed' });
    logger.error({ err }, 'coffer.server.tls cannot count as it is now; what it was before still does');
  }
}
