import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerTlsConfiguration } from '@coffer/config';
import type { Logger, Metrics } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';
import type { ListenerTls } from './listener-tls.js';

/** How often the files are read: what is taken from an authority holds well within the 2 s that are promised. */
const INTERVAL_MS = 500;

/** Looks in a row that must find the same mistake: a certificate and its key are replaced one after the other. */
const FAILURES_REPORTED = 2;

export interface TlsWatchOptions {
  readonly tls: Pick<ListenerTls, 'settings' | 'apply' | 'sweep'>;
  /** The configuration file; without one only the files that it names can change. */
  readonly file: string | undefined;
  /** Reads `coffer.server.tls` again, with its files. */
  readonly reload: () => ServerTlsConfiguration | undefined;
  readonly metrics: Pick<Metrics, 'tls'>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Defaults to `INTERVAL_MS`. */
  readonly intervalMs?: number;
}

const REMOVED = 'coffer.server.tls is gone; from TLS to plain HTTP needs a restart';

/**
 * Applies changes of `coffer.server.tls` and of the files that it names without a restart, whatever the file system says
 * about times. While they are wrong, what they were before counts, and TLS is stale.
 */
export class TlsWatch {
  /** A digest of what was last looked into; `undefined` while that could not be applied. */
  #applied: string | undefined;
  #failures = 0;
  #reported: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(private readonly options: TlsWatchOptions) {
    options.metrics.tls.stale.set(0);
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.options.tls.sweep();
      void this.#look().finally(() => this.#schedule());
    }, this.options.intervalMs ?? INTERVAL_MS).unref();
  }

  async #look(): Promise<void> {
    try {
      const seen = await this.#digest();
      if (this.#stopped || seen === this.#applied) return;
      const { tls, reload, metrics, logger } = this.options;
      const settings = reload();
      if (settings === undefined) throw new CofferError('configuration', REMOVED);
      if (tls.apply(settings)) {
        metrics.tls.reloads.inc({ outcome: 'applied' });
        logger.info('coffer.server.tls was read again and counts for new connections');
      }
      this.#applied = seen;
      this.#failures = 0;
      this.#reported = undefined;
      metrics.tls.stale.set(0);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Of what the files hold; one that cannot be read is a content of its own. */
  async #digest(): Promise<string> {
    const { file, tls } = this.options;
    const names = [...(file === undefined ? [] : [file]), ...tls.settings.files];
    const hash = createHash('sha256');
    for (const name of names) {
      const held = await readFile(name).catch(({ code }: NodeJS.ErrnoException) => `cannot be read: ${code}`);
      hash.update(`${name}\0${held.length}\0`).update(held);
    }
    return hash.digest('base64');
  }

  #fail(err: unknown): void {
    this.#applied = undefined;
    this.#failures += 1;
    if (this.#failures < FAILURES_REPORTED) return;
    const { metrics, logger } = this.options;
    metrics.tls.stale.set(1);
    const reason = CofferError.is(err) ? err.message : 'unreadable';
    if (this.#reported === reason) return;
    this.#reported = reason;
    metrics.tls.reloads.inc({ outcome: 'failed' });
    logger.error({ err }, 'coffer.server.tls cannot count as it is now; what it was before still does');
  }
}
