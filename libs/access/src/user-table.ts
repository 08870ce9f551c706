import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { CofferError, type Clock, type SecretValue } from '@coffer/secrets';
import type { UserCredential } from './credentials.js';
import { parseGrant } from './grants.js';
import { parsePasswordHash, unmatchableHash, verifyPassword, type PasswordHash } from './password-hash.js';
import type { Principal } from './principal.js';
import { fingerprintOf } from './sessions/fingerprint.js';
import type { SessionCredential, SessionSource } from './sessions/session.js';

interface Entry {
  readonly hash: PasswordHash;
  readonly fingerprint: string;
  readonly principal: Principal;
}

/** Milliseconds for which a pair that was verified needs no scrypt again. */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 1_000;

/** What stands for a user name and password in memory. */
export type PairMac = string & { readonly pairMac: unique symbol };

/** The users of one configuration. What it remembers goes with it, so a new configuration counts at once. */
export class UserTable {
  readonly #users = new Map<string, Entry>();
  readonly #unknown = unmatchableHash();
  /** A key of this table alone: its HMACs mean nothing outside this process. */
  readonly #macKey = createSecretKey(randomBytes(32));
  readonly #remembered: LRUCache<PairMac, Principal>;
  readonly #running = new Map<PairMac, Promise<Principal | undefined>>();

  /** Throws `configuration` for a wrong name, hash or grant, or a name that appears twice. */
  constructor(users: readonly UserCredential[], clock: Clock) {
    this.#remembered = new LRUCache({
      max: MAX_REMEMBERED,
      ttl: REMEMBERED_MS,
      ttlResolution: 0,
      perf: { now: () => clock.monotonic() },
    });
    for (const { username, passwordHash, grants } of users) {
      if (username === '' || username.includes(':')) {
        throw new CofferError('configuration', 'a user name must not be empty or contain a colon (RFC 7617)');
      }
      if (this.#users.has(username)) {
        throw new CofferError('configuration', `the user '${username}' appears twice`, { user: username });
      }
      const parsed = grants.map((grant) => parseGrant(grant, `the user '${username}'`));
      this.#users.set(username, {
        hash: parsePasswordHash(username, passwordHash.reveal()),
        fingerprint: fingerprintOf(passwordHash.reveal()),
        principal: Object.freeze({ id: `user:${username}`, grants: Object.freeze(parsed) }),
      });
    }
  }

  principalOf(username: string): Principal | undefined {
    return this.#users.get(username)?.principal;
  }

  /** What a session is begun with that has this user's password. */
  sourceOf(username: string): SessionSource | undefined {
    const user = this.#users.get(username);
    return user && { kind: 'user', id: username, fingerprint: user.fingerprint };
  }

  /** Whose session it is, while the user is there and has the same password. */
  resume({ id, fingerprint }: SessionSource): SessionCredential | undefined {
    const user = this.#users.get(id);
    return user?.fingerprint === fingerprint ? { principal: user.principal } : undefined;
  }

  get isEmpty(): boolean {
    return this.#users.size === 0;
  }

  pairMac(username: string, password: SecretValue): PairMac {
    const pair = JSON.stringify([username, password.reveal()]);
    return createHmac('sha256', this.#macKey).update(pair).digest('base64') as PairMac;
  }

  remembered(pair: PairMac): Principal | undefined {
    return this.#remembered.get(pair);
  }

  /** The verification of the same pair that somebody else has started. */
  running(pair: PairMac): Promise<Principal | undefined> | undefined {
    return this.#running.get(pair);
  }

  /** Half a second of scrypt, also for a user who does not exist. Throws `overloaded` when too many wait already. */
  verify(pair: PairMac, username: string, password: SecretValue): Promise<Principal | undefined> {
    const verification = this.#verify(pair, username, password).finally(() => this.#running.delete(pair));
    this.#running.set(pair, verification);
    return verification;
  }

  async #verify(pair: PairMac, username: string, password: SecretValue): Promise<Principal | undefined> {
    const user = this.#users.get(username);
    const right = await verifyPassword(password, user?.hash ?? this.#unknown);
    if (!right || user === undefined) return undefined;
    this.#remembered.set(pair, user.principal);
    return user.principal;
  }
}
