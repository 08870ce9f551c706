import { readFile } from 'node:fs/promises';
import type { AccessConfiguration, ReadFile } from '@coffer/config';
import type { Logger, Metrics } from '@coffer/observability';
import type { ServiceContext } from './service-process.js';
import { failureReasonOf, loadSettled, loadWatched, Poller, type WatchedLoad } from './watched-files.js';

export interface AccessWatchOptions extends Pick<ServiceContext, 'reload' | 'reloadAccess'> {
  /** The configuration file; without one nothing can change. */
  readonly file: string | undefined;
  /** Replaces tokens and users. Throws `configuration`, and changes nothing, when one is wrong. */
  readonly apply: (access: AccessConfiguration) => void;
  readonly metrics: Pick<Metrics, 'accessStale'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** As of `Poller`. */
  readonly intervalMs?: number;
  /** As of `loadSettled`. */
  readonly settleMs?: number;
}

interface LoadedAccess {
  readonly access: AccessConfiguration;
  /** What is wrong elsewhere in the configuration. */
  readonly error?: unknown;
}

/**
 * Applies changes of the configuration file's tokens and users without a restart. The file is read once more as the watch
 * begins, and its text is compared from then on, so that no change is lost between the first read and the watch, whatever
 * the file system says about times. `coffer.access` counts by itself where something else in the file is wrong. While
 * it cannot be read the tokens and users from before count, and access is stale.
 */
export class AccessWatch {
  #applied: string | undefined;
  #stale: string | undefined;
  readonly #poller: Poller;

  /** Reads the file before it returns, as it is. */
  constructor(private readonly options: AccessWatchOptions) {
    const { file, metrics, intervalMs } = options;
    metrics.accessStale.set(0);
    this.#poller = new Poller(() => this.#look(), intervalMs);
    if (file === undefined) return;
    this.#apply(file, loadWatched(this.#load));
    this.#poller.start();
  }

  /** Whether the file says something that could not be applied. */
  get stale(): boolean {
    return this.#stale !== undefined;
  }

  /** What the health page says of it; `undefined` while it is not stale. */
  readonly details = (): Readonly<Record<string, string>> | undefined => (this.stale ? { access: 'stale' } : undefined);

  stop(): void {
    this.#poller.stop();
  }

  async #look(): Promise<void> {
    const { file, settleMs } = this.options;
    if (file === undefined) return;
    try {
      if ((await readFile(file, 'utf8')) === this.#applied) return;
      const loaded = await loadSettled(this.#load, settleMs);
      if (!this.#poller.stopped) this.#apply(file, loaded);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Both loads see the same texts: the second one is of what was found wrong. */
  readonly #load = (readFile: ReadFile): LoadedAccess => {
    const { reload, reloadAccess } = this.options;
    try {
      return { access: reload(readFile).access };
    } catch (error) {
      const access = reloadAccess(readFile);
      if (access === undefined) throw error;
      return { access, error };
    }
  };

  #apply(file: string, { files, result }: WatchedLoad<LoadedAccess>): void {
    try {
      const { access, error: err } = result();
      const first = this.#applied === undefined && !this.stale;
      const { apply, logger } = this.options;
      apply(access);
      if (err !== undefined)
        logger.warn({ err, file }, 'the changed configuration is wrong, and only its access counts');
      this.#applied = files.textOf(file);
      this.#fresh();
      if (!first) logger.info({ file }, 'access was read again; other changes of the file count after a restart');
    } catch (error) {
      this.#fail(error);
    }
  }

  #fresh(): void {
    this.#stale = undefined;
    this.options.metrics.accessStale.set(0);
  }

  /** The file is tried again at every look from here on: what it lacks may lie elsewhere. */
  #fail(err: unknown): void {
    const { metrics, logger, file } = this.options;
    const reason = failureReasonOf(err);
    this.#applied = undefined;
    metrics.accessStale.set(1);
    if (this.#stale === reason) return;
    this.#stale = reason;
    logger.error({ err, file }, 'the changed configuration is wrong; the tokens and users from before still count');
  }
}
