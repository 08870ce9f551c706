import { EndedSessions, MAX_ENDED_SESSIONS } from './ended-sessions.js';

/** A session, or a token that a log-in gave, which its owner has ended before its time. Says nothing by which one could use it. */
export interface Revocation {
  readonly kind: 'session' | 'token';
  /** Id of the session, or digest of the token. */
  readonly id: string;
  readonly beganAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Publishes a revocation to the other processes. Resolves once they are sure to receive it, whatever happens to this one, or
 * when that takes too long. Never rejects.
 */
export type PublishRevocation = (revocation: Revocation) => Promise<void>;

/** About what one takes in memory. */
const REVOCATION_BYTES = 200;

/** What does not count any more though its time is not over, whoever has ended it. */
export class Revocations {
  readonly #ended = { session: new EndedSessions(), token: new EndedSessions() };
  #publish: PublishRevocation | undefined;

  /** How many there are of a kind. */
  sizeOf(kind: Revocation['kind']): number {
    return this.#ended[kind].size;
  }

  memoryOf(kind: Revocation['kind']): { bytes: number; limitBytes: number; evictions: number } {
    const { size, forgotten } = this.#ended[kind];
    return {
      bytes: size * REVOCATION_BYTES,
      limitBytes: MAX_ENDED_SESSIONS * REVOCATION_BYTES,
      evictions: forgotten,
    };
  }

  /** What is ended from here on is published. Without it nobody else hears of it. */
  publishBy(publish: PublishRevocation): void {
    this.#publish = publish;
  }

  has(kind: Revocation['kind'], which: Pick<Revocation, 'id' | 'beganAtMs'>): boolean {
    return this.#ended[kind].has(which);
  }

  /** Counts here at once; resolves as `PublishRevocation` does. */
  async end(revocation: Revocation, nowMs: number): Promise<void> {
    this.take(revocation, nowMs);
    await this.#publish?.(revocation);
  }

  /** Takes in what another process has published. */
  take(revocation: Revocation, nowMs: number): void {
    if (revocation.expiresAtMs > nowMs) this.#ended[revocation.kind].add(revocation, nowMs);
  }
}
