import type { Session } from './session.js';

type Ending = Pick<Session, 'id' | 'beganAtMs' | 'expiresAtMs'>;

/** Some 2 MB. */
export const MAX_ENDED_SESSIONS = 10_000;

/** Forgotten at once, for each takes a look at all of them. */
const FORGOTTEN_SHARE = 0.01;

/**
 * The sessions that were signed out, until they would have ended by themselves. When there are too many, those that began first
 * are forgotten, and from then on none counts that did not begin after them: a session that was signed out never counts again here.
 */
export class EndedSessions {
  readonly #ended = new Map<string, Ending>();
  #cutOffMs = -Infinity;
  #forgotten = 0;

  constructor(private readonly max = MAX_ENDED_SESSIONS) {}

  get size(): number {
    return this.#ended.size;
  }

  /** How many were forgotten for want of room. */
  get forgotten(): number {
    return this.#forgotten;
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
    const begun = Array.from(this.#ended.values(), ({ beganAtMs }) => beganAtMs).sort((one, other) => one - other);
    this.#cutOffMs = begun[Math.floor(this.max * FORGOTTEN_SHARE)] ?? this.#cutOffMs;
    for (const { id, beganAtMs } of this.#ended.values()) {
      if (beganAtMs > this.#cutOffMs) continue;
      this.#ended.delete(id);
      this.#forgotten += 1;
    }
  }
}
