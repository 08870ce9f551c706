import { randomBytes } from 'node:crypto';
import type { KeyRing } from '@coffer/crypto';
import { CofferError, type Clock } from '@coffer/secrets';
import type { Revocations } from './revocations.js';
import { SessionSealer } from './session-sealer.js';
import type {
  OpenSession,
  ResumeSession,
  Session,
  SessionCookie,
  SessionCredential,
  SessionIdentity,
  SessionSource,
} from './session.js';

/** From signing in on. */
export const SESSION_LIFETIME_MS = 8 * 3_600_000;
/** From the last request on. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** A browser is given a new cookie once the one that it has is as old. */
const RENEWAL_MS = 60_000;
const ID_BYTES = 16;

const FORMAT = 1;

const ended = (): CofferError =>
  new CofferError(
    'unauthorized',
    'the session has ended, or what it was begun with does not count any more; sign in again',
  );

/**
 * The sessions of browsers. All that is known of one is sealed into its cookie, so that every process of an installation
 * takes it; what it was begun with is looked up anew with every request.
 */
export class Sessions {
  readonly #sealer: SessionSealer;

  constructor(
    ring: Pick<KeyRing, 'seal' | 'open'>,
    private readonly clock: Clock,
    private readonly credentialOf: ResumeSession,
    private readonly revocations: Pick<Revocations, 'has' | 'end'>,
  ) {
    this.#sealer = new SessionSealer(ring);
  }

  /** Throws `unauthorized` where the source does not count any more, and `too-large` where no cookie holds it. */
  begin(source: SessionSource, address: string): Required<OpenSession> {
    const credential = this.credentialOf(source, address);
    if (credential === undefined) throw ended();
    const now = this.clock.wall();
    const expiresAtMs = Math.min(now + SESSION_LIFETIME_MS, credential.expiresAtMs ?? Infinity);
    const id = randomBytes(ID_BYTES).toString('base64url');
    const session: Session = { id, source, beganAtMs: now, expiresAtMs, renewedAtMs: now };
    return { principal: this.#principalOf(session, credential), cookie: this.#cookieOf(session) };
  }

  /** Throws `unauthorized` for a cookie that does not count, or not any more. */
  async resume(cookie: string, address: string): Promise<OpenSession> {
    const session = this.#open(cookie);
    const credential = session && this.credentialOf(session.source, address);
    if (session === undefined || credential === undefined) throw ended();
    const now = this.clock.wall();
    if (now - session.renewedAtMs < RENEWAL_MS) return { principal: this.#principalOf(session, credential) };
    const renewed = { ...session, renewedAtMs: now };
    return { principal: this.#principalOf(renewed, credential), cookie: this.#cookieOf(renewed) };
  }

  /** Whose session it was; `undefined` where it did not count before. From here on it counts no more, as `Revocations` tells. */
  async end(cookie: string, address: string): Promise<OpenSession['principal'] | undefined> {
    const session = this.#open(cookie);
    if (session === undefined) return undefined;
    await this.endIdentified(session);
    const credential = this.credentialOf(session.source, address);
    return credential && this.#principalOf(session, credential);
  }

  /** Answers the identity by which the session can be ended later; `undefined` for a cookie that does not count. */
  identityOf(cookie: string): SessionIdentity | undefined {
    const session = this.#open(cookie);
    if (session === undefined) return undefined;
    const { id, beganAtMs, expiresAtMs } = session;
    return { id, beganAtMs, expiresAtMs };
  }

  /** As `end`. */
  endIdentified({ id, beganAtMs, expiresAtMs }: SessionIdentity): Promise<void> {
    return this.revocations.end({ kind: 'session', id, beganAtMs, expiresAtMs }, this.clock.wall());
  }

  #open(cookie: string): Session | undefined {
    const { format, ...session } = (this.#sealer.open('session', cookie) ?? {}) as Session & { format?: number };
    if (format !== FORMAT) return undefined;
    const now = this.clock.wall();
    const isOver = now >= session.expiresAtMs || now - session.renewedAtMs >= SESSION_IDLE_MS;
    return isOver || this.revocations.has('session', session) ? undefined : session;
  }

  #cookieOf(session: Session): SessionCookie {
    const { expiresAtMs, renewedAtMs } = session;
    return {
      value: this.#sealer.seal('session', { format: FORMAT, ...session }),
      maxAgeMs: Math.min(expiresAtMs - renewedAtMs, SESSION_IDLE_MS),
    };
  }

  #principalOf({ id, expiresAtMs, renewedAtMs }: Session, { principal, ...credential }: SessionCredential) {
    const untilMs = Math.min(expiresAtMs, credential.expiresAtMs ?? Infinity);
    return Object.freeze({
      ...principal,
      credentialId: id,
      session: { expiresAtMs: untilMs, idleAtMs: Math.min(untilMs, renewedAtMs + SESSION_IDLE_MS) },
    });
  }
}
