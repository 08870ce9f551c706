import type { KeyRing, KeySource } from '@coffer/crypto';
import { CofferError, type Clock } from '@coffer/secrets';

/**
 * What a ring is to hold next. A key that is new here and active at once only opens for `holdMs`: other processes may not have
 * read it yet, and what it seals they could not open. A key that was there before becomes active at once.
 */
export class PlannedKeys {
  /** When each held key may be used to seal, in milliseconds by the monotonic clock, by the key's id. */
  readonly #heldUntil = new Map<string, number>();

  constructor(
    private readonly ring: Pick<KeyRing, 'activeId' | 'ids'>,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly holdMs: number,
  ) {}

  /** The key that is configured to be active and is not yet; `undefined` where there is none. */
  get held(): string | undefined {
    return [...this.#heldUntil.keys()][0];
  }

  /** Throws `configuration` where the key that seals now is left out: what it sealed a moment ago must open. */
  next(sources: readonly KeySource[]): readonly KeySource[] {
    const { activeId, ids } = this.ring;
    const active = sources.find((source) => source.active)?.id ?? '';
    if (!sources.some(({ id }) => id === activeId)) {
      throw new CofferError(
        'configuration',
        `the encryption key '${activeId}' seals here and is not listed any more; keep it with active: false until ` +
          '`coffer rewrap` says that it can be removed',
        { key: activeId },
      );
    }
    const now = this.clock.monotonic();
    const until = this.#heldUntil.get(active) ?? (ids.includes(active) ? -Infinity : now + this.holdMs);
    this.#heldUntil.clear();
    if (until <= now) return sources;
    this.#heldUntil.set(active, until);
    return sources.map((source) => ({ ...source, active: source.id === activeId }));
  }
}
