import { hash, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '@coffer/crypto';
import { CofferError, type Clock, type SecretValue } from '@coffer/secrets';
import { AddressBlocks } from '../address-blocks.js';
import type { RoleCredential, SecretIdCredential } from '../credentials.js';
import { parseGrant } from '../grants.js';
import type { GivenToken, TokenTimes } from '../given-token.js';
import type { AskedPrincipal, Principal } from '../principal.js';
import { SealedTokens } from '../sealed-tokens.js';
import type { Revocations } from '../sessions/revocations.js';
import { parseTokenHash } from '../token-hash.js';
import { roleTokenSealer, type RoleClaims } from './role-token-sealer.js';
import type { UseCounter } from './use-counter.js';

interface SecretEntry {
  readonly keyId: string;
  readonly mac: Buffer;
  readonly fingerprint: string;
  readonly principal: Principal;
  readonly expiresAtMs: number;
  readonly blocks: AddressBlocks | undefined;
  readonly uses: number | undefined;
}

interface RoleEntry {
  /** Without a credential: what any token of the role may do. */
  readonly principal: Principal;
  readonly tokenTtlMs: number;
  readonly secretIds: ReadonlyMap<string, SecretEntry>;
}

/** Where uses are counted. */
const counterKey = (role: string, { principal, fingerprint }: SecretEntry): string =>
  JSON.stringify([role, principal.credentialId, fingerprint]);

const refuse = (what: string): CofferError => new CofferError('unauthorized', what);

const wrong = (): CofferError =>
  refuse(
    'the role or its secret id is wrong, or not known here any more; secret ids are made by `coffer role secret-id`',
  );

const ended = (): CofferError =>
  refuse('the token of a role has ended: by its time, or with its role, secret id or key; log in again');

/**
 * The roles of one configuration. Somebody who has a secret id of a role is given a token for a short while. Its role and secret id
 * are looked up whenever it comes.
 */
export class RoleTable {
  readonly #roles = new Map<string, RoleEntry>();
  readonly #tokens: SealedTokens<RoleClaims>;

  /**
   * Throws `configuration` for a wrong grant or hash, and for a number of uses where there is no counter for it: what asks for
   * more safety than there is must not seem to have it.
   */
  constructor(
    private readonly ring: KeyRing,
    roles: readonly RoleCredential[],
    private readonly clock: Clock,
    private readonly counter: UseCounter | undefined,
    revocations: Pick<Revocations, 'has' | 'end'>,
  ) {
    this.#tokens = new SealedTokens(roleTokenSealer(ring), clock, revocations);
    for (const { id, grants, tokenTtlMs, secretIds } of roles) {
      const parsed = Object.freeze(grants.map((grant) => parseGrant(grant, `the role '${id}'`)));
      const principal = Object.freeze({ id: `role:${id}`, grants: parsed });
      const entries = secretIds.map((each): [string, SecretEntry] => [each.id, this.#entryOf(id, parsed, each)]);
      this.#roles.set(id, { principal, tokenTtlMs, secretIds: new Map(entries) });
    }
    counter?.retain(new Set(this.#counted()));
  }

  get memory(): SealedTokens<RoleClaims>['memory'] {
    return this.#tokens.memory;
  }

  principalOf(role: string): AskedPrincipal | undefined {
    const found = this.#roles.get(role);
    if (found === undefined) return undefined;
    const now = this.clock.wall();
    const isOpen = [...found.secretIds.values()].some(({ expiresAtMs }) => now < expiresAtMs);
    return isOpen ? found.principal : { ...found.principal, refusal: 'no-credential' };
  }

  /** Throws `unauthorized` for a wrong or unknown role or secret id, and for one that has ended or does not count from here. */
  logIn(role: string, secretId: SecretValue, address: string): GivenToken {
    const found = this.#roles.get(role);
    const entry = this.#search(found, secretId);
    if (found === undefined || entry === undefined) throw wrong();
    const now = this.clock.wall();
    if (now >= entry.expiresAtMs) throw refuse('the secret id has expired; ask for a new one');
    if (entry.blocks?.contains(address) === false) {
      throw refuse('the secret id does not count from this address (cidrs)');
    }
    if (entry.uses !== undefined && this.counter?.take(counterKey(role, entry), entry.uses) !== true) {
      throw refuse('the secret id was used as often as it may be; ask for a new one');
    }
    const expiresAtMs = Math.min(now + found.tokenTtlMs, entry.expiresAtMs);
    const { fingerprint, principal } = entry;
    const name = principal.credentialId ?? '';
    const token = this.#tokens.seal({ role, secretId: name, fingerprint, issuedAtMs: now, expiresAtMs });
    return { token, expiresAtMs, principal };
  }

  /** Throws `unauthorized` for a token that does not count, or not from the client's address. */
  find(token: string, address: string): Principal {
    const claims = this.#tokens.open(token);
    const role = claims && this.#roles.get(claims.role);
    const entry = role?.secretIds.get(claims?.secretId ?? '');
    if (claims === undefined || role === undefined || entry?.fingerprint !== claims.fingerprint) throw ended();
    const expiresAtMs = endOf(claims, role, entry);
    if (this.#tokens.hasEnded(token, claims, expiresAtMs)) throw ended();
    const { principal, blocks } = entry;
    if (blocks?.contains(address) === false) throw refuse('the token does not count from this address (cidrs)');
    if (blocks === undefined) this.#tokens.remember(token, claims, principal, expiresAtMs);
    return principal;
  }

  /** Whose token this is, if it was found before, has not ended and counts from everywhere. */
  known(token: string): Principal | undefined {
    return this.#tokens.known(token);
  }

  /** When a token that counts was issued and when it expires; empty where the token, its role or its secret id is unknown. */
  timesOf(token: string): TokenTimes {
    const claims = this.#tokens.open(token);
    const role = claims && this.#roles.get(claims.role);
    const entry = role?.secretIds.get(claims?.secretId ?? '');
    if (claims === undefined || role === undefined || entry === undefined) return {};
    return { issuedAtMs: claims.issuedAtMs, expiresAtMs: endOf(claims, role, entry) };
  }

  /** From here on the token does not count any more, as `Revocations` tells. */
  end(token: string): Promise<void> {
    return this.#tokens.end(token);
  }

  #entryOf(role: string, grants: Principal['grants'], secret: SecretIdCredential): SecretEntry {
    const { id, hash: text, expiresAtMs = Infinity, cidrs, uses } = secret;
    if (uses !== undefined && this.counter === undefined) {
      throw new CofferError(
        'configuration',
        `the secret id '${id}' of the role '${role}' has 'uses', which several processes cannot count together: leave it out, and ` +
          'bound the secret id by expires and cidrs; Coffer in one process counts them',
        { role, secretId: id },
      );
    }
    const { keyId, mac } = parseTokenHash(this.ring, `${role}/${id}`, text);
    return {
      ...{ keyId, mac, expiresAtMs, uses },
      fingerprint: hash('sha256', mac, 'base64url').slice(0, 22),
      principal: Object.freeze({ id: `role:${role}`, grants, credentialId: id }),
      blocks: cidrs === undefined ? undefined : new AddressBlocks(cidrs),
    };
  }

  /** Takes a keyed hash for each key that the role's secret ids were hashed under, and at least one also for a role that is not known. */
  #search(role: RoleEntry | undefined, secretId: SecretValue): SecretEntry | undefined {
    const entries = [...(role?.secretIds.values() ?? [])];
    const keyIds = new Set(entries.map(({ keyId }) => keyId).filter((keyId) => this.ring.ids.includes(keyId)));
    if (keyIds.size === 0) keyIds.add(this.ring.activeId);
    let found: SecretEntry | undefined;
    for (const keyId of keyIds) {
      const mac = this.ring.hmacWith(keyId, 'token-hash', secretId.reveal());
      for (const entry of entries) if (entry.keyId === keyId && timingSafeEqual(entry.mac, mac)) found = entry;
    }
    return found;
  }

  *#counted(): Generator<string> {
    for (const [role, { secretIds }] of this.#roles) {
      for (const entry of secretIds.values()) if (entry.uses !== undefined) yield counterKey(role, entry);
    }
  }
}

/** What was changed since the token was given counts for it too. */
const endOf = (claims: RoleClaims, { tokenTtlMs }: RoleEntry, { expiresAtMs }: SecretEntry): number =>
  Math.min(claims.expiresAtMs, claims.issuedAtMs + tokenTtlMs, expiresAtMs);
