import type { Configuration } from '@coffer/config';
import { KeyRing, type DeriveOptions, type KeySource } from '@coffer/crypto';
import type { Logger, Metrics } from '@coffer/observability';
import { CofferError, type Clock } from '@coffer/secrets';
import type { ServiceContext } from '../service-process.js';
import { failureReasonOf, loadSettled, Poller, type WatchedFiles } from '../watched-files.js';
import { PlannedKeys } from './planned-keys.js';

/** How long a key that is new and active at once only opens; longer than a change takes to reach every process. */
const HOLD_MS = 90_000;

/** A key ring of this process, and where the configuration has its keys. */
export interface WatchedRing {
  /** As the metric calls it: `coffer.encryption`, or the name of a store. */
  readonly name: string;
  readonly ring: KeyRing;
  /** `undefined` where the configuration has none any more. */
  readonly keysOf: (configuration: Configuration) => readonly KeySource[] | undefined;
  /** Called when the new keys count; throws to keep those from before. */
  readonly confirm?: (configuration: Configuration) => void;
  readonly derive?: DeriveOptions;
}

export interface KeyRingWatchOptions {
  /** What the rings were made from. */
  readonly configuration: Configuration;
  readonly reload: ServiceContext['reload'];
  readonly rings: readonly WatchedRing[];
  readonly metrics: Pick<Metrics, 'encryptionKeys' | 'encryptionStale'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Whether no other process uses these keys: then none of them is held. */
  readonly alone: boolean;
  /** As of `Poller`. */
  readonly intervalMs?: number;
  /** As of `loadSettled`. */
  readonly settleMs?: number;
  /** Defaults to `HOLD_MS`. */
  readonly holdMs?: number;
}

interface State extends WatchedRing {
  readonly planned: PlannedKeys;
  applied: readonly KeySource[] | undefined;
}

const sameKeys = (one: readonly KeySource[] | undefined, other: readonly KeySource[]): boolean =>
  one?.length === other.length &&
  one.every(({ id, secret, active }, index) => {
    const key = other[index];
    return key?.id === id && key.active === active && key.secret.reveal() === secret.reveal();
  });

/**
 * Applies changes of the configuration's encryption keys, and of the files that hold them, without a restart. The files are
 * read as the watch begins, and their texts are compared from then on; one that is being written counts when it is written. A configuration that is wrong anywhere changes no key:
 * those from before count, and the keys are stale.
 */
export class KeyRingWatch {
  readonly #states: readonly State[];
  #files: WatchedFiles | undefined;
  #failure: string | undefined;
  readonly #poller: Poller;

  constructor(private readonly options: KeyRingWatchOptions) {
    const { configuration, rings, clock, alone, holdMs = HOLD_MS, metrics, intervalMs } = options;
    this.#states = rings.map((watched) => ({
      ...watched,
      planned: new PlannedKeys(watched.ring, clock, alone ? 0 : holdMs),
      applied: watched.keysOf(configuration),
    }));
    metrics.encryptionStale.set(0);
    this.#show();
    this.#poller = new Poller(() => this.#look(), intervalMs);
    void this.#look().then(() => this.#poller.start());
  }

  /** Whether the configuration says something about keys that could not be applied. */
  get stale(): boolean {
    return this.#failure !== undefined;
  }

  stop(): void {
    this.#poller.stop();
  }

  /** What failed is tried again at every look: what it lacks may lie elsewhere. */
  async #look(): Promise<void> {
    try {
      const isHeld = this.#states.some(({ planned }) => planned.held !== undefined);
      if (this.#files !== undefined && !isHeld && !(await this.#files.changed())) return;
      const { reload, settleMs } = this.options;
      const { files, result } = await loadSettled(reload, settleMs);
      if (this.#poller.stopped) return;
      const configuration = result();
      for (const state of this.#states) await this.#apply(state, configuration);
      this.#files = files;
      this.#failure = undefined;
      this.options.metrics.encryptionStale.set(0);
    } catch (error) {
      this.#files = undefined;
      this.#fail(error);
    }
  }

  async #apply(state: State, configuration: Configuration): Promise<void> {
    const { name, ring, planned, confirm, derive } = state;
    const wanted = state.keysOf(configuration);
    if (wanted === undefined) {
      throw new CofferError(
        'configuration',
        `the keys of ${name} are not in the configuration any more; put them back`,
      );
    }
    const heldBefore = planned.held;
    const keys = planned.next(wanted);
    if (!sameKeys(state.applied, keys)) {
      const next = await KeyRing.derive(keys, derive);
      if (this.#poller.stopped) return;
      const before = { active: ring.activeId, keys: ring.ids };
      ring.replace(next, () => confirm?.(configuration));
      state.applied = keys;
      this.#show();
      const { activeId: active, ids } = ring;
      if (before.active !== active || String(before.keys) !== String(ids)) {
        this.options.logger.info({ ring: name, keys: ids, active, before }, 'the encryption keys were read again');
      }
    }
    if (planned.held === undefined || planned.held === heldBefore) return;
    this.options.logger.warn(
      { ring: name, key: planned.held },
      'an encryption key is new here and active at once: it only opens for now, until other processes have had time to read ' +
        'it. Add a key with active: false first',
    );
  }

  #show(): void {
    const { encryptionKeys } = this.options.metrics;
    encryptionKeys.reset();
    for (const { name, ring } of this.#states) {
      for (const key of ring.ids) encryptionKeys.set({ ring: name, key, active: String(key === ring.activeId) }, 1);
    }
  }

  #fail(err: unknown): void {
    const reason = failureReasonOf(err);
    this.options.metrics.encryptionStale.set(1);
    if (this.#failure === reason) return;
    this.#failure = reason;
    this.options.logger.error(
      { err },
      'the changed configuration is wrong; the encryption keys from before still count',
    );
  }
}
