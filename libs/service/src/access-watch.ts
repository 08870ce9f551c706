import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccessConfiguration } from '@coffer/config';
import type { Logger, Metrics } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';
import type { ServiceContext } from './service-process.js';

/** How often the file is read: a revocation holds well within the 2 s that are promised. */
const INTERVAL_MS = 500;
/** Who writes into the file empties it first: what it says counts once it has said the same for so long. */
const SETTLE_MS = 50;
/** Readings of a file that never says the same twice, before the last one is taken. */
const MAX_READINGS = 10;

export interface AccessWatchOptions extends Pick<ServiceContext, 'reload' | 'reloadAccess'> {
  /** The configuration file; without one nothing can change. */
  readonly file: string | undefined;
  /** Replaces tokens and users. Throws `configuration`, and changes nothing, when one is wrong. */
  readonly apply: (access: AccessConfiguration) => void;
  readonly metrics: Pick<Metrics, 'accessStale'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Defaults to `INTERVAL_MS`. */
  readonly intervalMs?: number;
  /** Defaults to `SETTLE_MS`. */
  readonly settleMs?: number;
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
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** Reads the file before it returns. */
  constructor(private readonly options: AccessWatchOptions) {
    const { file, metrics } = options;
    metrics.accessStale.set(0);
    if (file === undefined) return;
    this.#look(() => readFileSync(file, 'utf8'));
    this.#schedule(file);
  }

  /** Whether the file says something that could not be applied. */
  get stale(): boolean {
    return this.#stale !== undefined;
  }

  /** For the health page. */
  readonly details = (): Readonly<Record<string, string>> | undefined => (this.stale ? { access: 'stale' } : undefined);

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(file: string): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#settled(file)
        .then(
          (text) => this.#look(() => text),
          (error: unknown) => this.#fail(error),
        )
        .finally(() => this.#schedule(file));
    }, this.options.intervalMs ?? INTERVAL_MS).unref();
  }

  /** The file's text, which is no part of one that is being written. */
  async #settled(file: string): Promise<string> {
    let text = await readFile(file, 'utf8');
    for (let reading = 1; text !== this.#applied && reading < MAX_READINGS; reading += 1) {
      await delay(this.options.settleMs ?? SETTLE_MS, undefined, { ref: false });
      const again = await readFile(file, 'utf8');
      if (again === text) break;
      text = again;
    }
    return text;
  }

  #look(read: () => string): void {
    if (this.#stopped) return;
    try {
      const text = read();
      if (text === this.#applied) return this.#fresh();
      const first = this.#applied === undefined && !this.stale;
      this.#apply();
      this.#applied = text;
      this.#fresh();
      const { logger, file } = this.options;
      if (!first) logger.info({ file }, 'access was read again; other changes of the file count after a restart');
    } catch (error) {
      this.#fail(error);
    }
  }

  #apply(): void {
    const { reload, reloadAccess, apply, logger, file } = this.options;
    try {
      return apply(reload().access);
    } catch (err) {
      const access = reloadAccess();
      if (access === undefined) throw err;
      apply(access);
      logger.warn({ err, file }, 'the changed configuration is wrong, and only its access counts');
    }
  }

  #fresh(): void {
    this.#stale = undefined;
    this.options.metrics.accessStale.set(0);
  }

  /** The file is tried again at every look from here on: what it lacks may lie elsewhere. */
  #fail(err: unknown): void {
    const { metrics, logger, file } = this.options;
    const reason = CofferError.is(err) ? err.message : String((err as NodeJS.ErrnoException).code ?? 'unreadable');
    this.#applied = undefined;
    metrics.accessStale.set(1);
    if (this.#stale === reason) return;
    this.#stale = reason;
    logger.error({ err, file }, 'the changed configuration is wrong; the tokens and users from before still count');
  }
}
