/** A session, or a token that a log-in gave, which its owner has ended before its time. */
export interface Revocation {
  readonly kind: 'session' | 'token';
  /** Tells it from all others, and is nothing by which one could use it. */
  readonly id: string;
  /** From and until when it would have counted, in milliseconds since the Unix epoch. */
  readonly beganAtMs: number;
  readonly expiresAtMs: number;
}

/** What was revoked at any gateway, for as long as it would have counted. */
export interface RevocationLog {
  /**
   * Idempotent. Resolves once it is as durable as this implementation promises; after a rejection (`unavailable`, `timeout`) it
   * may be there all the same.
   */
  publish(revocation: Revocation): Promise<void>;
  /**
   * Resolves once the listener has had all that was published before the call and counts still. Goes on until `close`; the
   * same revocation may come several times. Called once.
   */
  follow(listener: (revocation: Revocation) => void): Promise<void>;
  close(): Promise<void>;
}
