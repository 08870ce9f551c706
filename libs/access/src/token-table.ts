import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '@coffer/crypto';
import { CofferError, type SecretValue } from '@coffer/secrets';
import type { TokenCredential } from './credentials.js';
import { parseGrant } from './grants.js';
import type { Principal } from './principal.js';
import { parseTokenHash } from './token-hash.js';

interface Entry {
  readonly mac: Buffer;
  readonly principal: Principal;
}

/** Bytes of the hash by which entries are found; the whole hash is then compared in constant time. */
const INDEX_BYTES = 4;
const indexOf = (mac: Buffer): number => mac.readUIntBE(0, INDEX_BYTES);

/** The tokens of one configuration, by their hashes. Immutable. */
export class TokenTable {
  /** By the id of the key under which tokens were hashed; mostly one, two after a rotation. */
  readonly #byKey = new Map<string, Map<number, Entry[]>>();
  readonly #ring: KeyRing;
  /**
   * Tokens that were found, by a digest under this table's own salt: a plain digest takes a fraction of the time of the
   * HMAC, and every request pays for it. Never more than there are tokens; none is kept in clear.
   */
  readonly #found = new Map<string, Principal>();
  readonly #salt = randomBytes(32).toString('base64');

  /** Throws `configuration` for a wrong hash or grant, an id or a hash that appears twice. */
  constructor(ring: KeyRing, tokens: readonly TokenCredential[]) {
    this.#ring = ring;
    const ids = new Set<string>();
    for (const { id, hash, grants } of tokens) {
      if (ids.has(id)) {
        throw new CofferError('configuration', `the access token id '${id}' appears twice`, { token: id });
      }
      ids.add(id);
      const { keyId, mac } = parseTokenHash(ring, id, hash);
      const parsed = grants.map((grant) => parseGrant(grant, `the access token '${id}'`));
      this.#add(keyId, id, { mac, principal: Object.freeze({ id: `token:${id}`, grants: Object.freeze(parsed) }) });
    }
  }

  #add(keyId: string, id: string, entry: Entry): void {
    const index = this.#byKey.get(keyId) ?? new Map<number, Entry[]>();
    this.#byKey.set(keyId, index);
    const entries = index.get(indexOf(entry.mac)) ?? [];
    if (entries.some(({ mac }) => mac.equals(entry.mac))) {
      throw new CofferError('configuration', `the access token '${id}' has the hash of another one`, { token: id });
    }
    index.set(indexOf(entry.mac), [...entries, entry]);
  }

  find(token: SecretValue): Principal | undefined {
    const text = token.reveal();
    const known = this.known(text);
    if (known !== undefined) return known;
    const principal = this.#search(token);
    if (principal !== undefined) this.#found.set(this.#digest(text), principal);
    return principal;
  }

  /** Whose token this is, if it was found before. */
  known(text: string): Principal | undefined {
    return this.#found.get(this.#digest(text));
  }

  #digest(text: string): string {
    return hash('sha256', `${this.#salt}${text}`, 'base64');
  }

  #search(token: SecretValue): Principal | undefined {
    for (const [keyId, index] of this.#byKey) {
      const mac = this.#ring.hmacWith(keyId, 'token-hash', token.reveal());
      const entry = index.get(indexOf(mac))?.find((candidate) => timingSafeEqual(candidate.mac, mac));
      if (entry) return entry.principal;
    }
    return undefined;
  }
}
