import type { Session } from './session.js';

type Ending = Pick<Session, 'id' | 'beganAtMs' | 'expiresAtMs'>;

/** Some 2 MB. */
export const MAX_ENDED_SESSIONS = 10_000;

/**
 * The sessions that were signed out, until they would have ended by themselves. Of this process only. When there are too
 * many, the one that began first is forgotten, and from then on none counts that did not begin after it: a session that was signed out
 * never counts again here.
 */
export class EndedSessions {
  readonly #ended = new Map<string, Ending>();
  #cutOffMs = -Infinity;

  constructor(private readonly max = MAX_ENDED_SESSIONS) {}

  get size(): number {
    return this.#ended.size;
  }

  has({ id, beganAtMs }: Pick<Session, 'id' | 'beganAtMs'>): boolean {
    return beganAtMs <= this.#cutOffMs || this.#ended.has(id);
  }

  add({ id, beganAtMs, expiresAtMs }: Ending, nowMs: number): void {
    this.#ended.set(id, { id, beganAtMs, expiresAtMs });
    if (this.#ended.size <= this.max) return;
    for (const each of this.#ended.values()) if (each.expiresAtMs <= nowMs) this.#ended.delete(each.id);
    if (this.#ended.size > this.max) this.#forgetFirst();
  }

  #forgetFirst(): void {
    const first = [...this.#ended.values()].reduce((one, other) => (other.beganAtMs < one.beganAtMs ? other : one));
    this.#cutOffMs = first.beganAtMs;
    for (const { id, beganAtMs } of this.#ended.values()) if (beganAtMs <= this.#cutOffMs) this.#ended.delete(id);
  }
}
