import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '@coffer/crypto';
import { CofferError, type Clock, type SecretValue } from '@coffer/secrets';
import { AddressBlocks } from './address-blocks.js';
import type { TokenCredential } from './credentials.js';
import { parseGrant } from './grants.js';
import type { AskedPrincipal, Principal } from './principal.js';
import { fingerprintOf } from './sessions/fingerprint.js';
import type { SessionCredential, SessionSource } from './sessions/session.js';
import { parseTokenHash } from './token-hash.js';

interface Entry {
  readonly id: string;
  readonly mac: Buffer;
  readonly principal: Principal;
  readonly expiresAtMs: number;
  /** `undefined` where it counts from everywhere. */
  readonly blocks: AddressBlocks | undefined;
  /** When it was last used, in milliseconds since the Unix epoch; `undefined` while it never was. */
  usedAtMs: number | undefined;
}

/** Bytes of the hash by which entries are found; the whole hash is then compared in constant time. */
const INDEX_BYTES = 4;
const indexOf = (mac: Buffer): number => mac.readUIntBE(0, INDEX_BYTES);

/** In the same time whatever the texts are; they are as long as any token. */
const isSameText = (known: string, text: string): boolean => {
  let difference = known.length ^ text.length;
  for (let at = 0; at < known.length; at += 1) difference |= known.charCodeAt(at) ^ text.charCodeAt(at);
  return difference === 0;
};

/** The tokens of one configuration, by their hashes. Only when each was last used changes. */
export class TokenTable {
  /** Tokens by the id of the key under which they were hashed: mostly one key, two after a rotation. */
  readonly #byKey = new Map<string, Map<number, Entry[]>>();
  readonly #byId = new Map<string, Entry>();
  readonly #ring: KeyRing;
  readonly #clock: Clock;
  /**
   * Tokens that were found, by a digest under this table's own salt: a plain digest takes a fraction of the time of the
   * HMAC, and every request pays for it. Never more than there are tokens; none is kept in clear.
   */
  readonly #found = new Map<string, Entry>();
  readonly #salt = randomBytes(32).toString('base64');
  /**
   * What each open connection presented last. In clear, as the request itself is in this process's memory, for as long as
   * the connection and this table are there.
   */
  readonly #presented = new WeakMap<object, { readonly text: string; readonly entry: Entry }>();

  /**
   * Throws `configuration` for a wrong hash or grant, an id or a hash that appears twice. Takes over from `previous` when the
   * tokens that it has too were last used.
   */
  constructor(ring: KeyRing, tokens: readonly TokenCredential[], clock: Clock, previous?: TokenTable) {
    this.#ring = ring;
    this.#clock = clock;
    for (const { id, hash, grants, expiresAtMs = Infinity, cidrs } of tokens) {
      if (this.#byId.has(id)) {
        throw new CofferError('configuration', `the access token id '${id}' appears twice`, { token: id });
      }
      const { keyId, mac } = parseTokenHash(ring, id, hash);
      const parsed = grants.map((grant) => parseGrant(grant, `the access token '${id}'`));
      const before = previous?.byId(id);
      this.#add(keyId, {
        id,
        mac,
        principal: Object.freeze({ id: `token:${id}`, grants: Object.freeze(parsed) }),
        expiresAtMs,
        blocks: cidrs === undefined ? undefined : new AddressBlocks(cidrs),
        usedAtMs: before?.mac.equals(mac) === true ? before.usedAtMs : undefined,
      });
    }
  }

  #add(keyId: string, entry: Entry): void {
    const { id } = entry;
    const index = this.#byKey.get(keyId) ?? new Map<number, Entry[]>();
    this.#byKey.set(keyId, index);
    const entries = index.get(indexOf(entry.mac)) ?? [];
    if (entries.some(({ mac }) => mac.equals(entry.mac))) {
      throw new CofferError('configuration', `the access token '${id}' has the hash of another one`, { token: id });
    }
    index.set(indexOf(entry.mac), [...entries, entry]);
    this.#byId.set(id, entry);
  }

  private byId(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** Throws `unauthorized` for a token that has expired, or that does not count from the client's address. */
  find(token: SecretValue, address: string): Principal | undefined {
    const text = token.reveal();
    const digest = this.#digest(text);
    const entry = this.#found.get(digest) ?? this.#search(token);
    if (entry === undefined) return undefined;
    this.#found.set(digest, entry);
    if (this.#clock.wall() >= entry.expiresAtMs) {
      throw new CofferError('unauthorized', 'the access token has expired; ask for a new one');
    }
    if (entry.blocks?.contains(address) === false) {
      throw new CofferError('unauthorized', 'the access token does not count from this address (cidrs)');
    }
    return this.#used(entry);
  }

  /** Whose token this is, if it was found before, has not expired and counts from everywhere. */
  known(text: string, connection?: object): Principal | undefined {
    const presented = connection && this.#presented.get(connection);
    let entry: Entry | undefined;
    if (presented !== undefined && isSameText(presented.text, text)) ({ entry } = presented);
    else {
      entry = this.#found.get(this.#digest(text));
      if (entry !== undefined && connection !== undefined) this.#presented.set(connection, { text, entry });
    }
    if (entry === undefined || entry.blocks !== undefined) return undefined;
    return this.#clock.wall() < entry.expiresAtMs ? this.#used(entry) : undefined;
  }

  /** When a token that was found ends; `undefined` for one that was not. */
  expiryOf(text: string): number | undefined {
    return this.#found.get(this.#digest(text))?.expiresAtMs;
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  principalOf(id: string): AskedPrincipal | undefined {
    const entry = this.#byId.get(id);
    if (entry === undefined || this.#clock.wall() < entry.expiresAtMs) return entry?.principal;
    return { ...entry.principal, refusal: 'no-credential' };
  }

  /** What a session is begun with that has this token. */
  sourceOf(id: string): SessionSource | undefined {
    const entry = this.#byId.get(id);
    return entry && { kind: 'token', id, fingerprint: fingerprintOf(entry.mac) };
  }

  /** Whose session it is, while the token is the same, has not expired and counts from the address. */
  resume({ id, fingerprint }: SessionSource, address: string): SessionCredential | undefined {
    const entry = this.#byId.get(id);
    if (entry === undefined || fingerprintOf(entry.mac) !== fingerprint) return undefined;
    const { expiresAtMs, blocks } = entry;
    if (this.#clock.wall() >= expiresAtMs || blocks?.contains(address) === false) return undefined;
    return { principal: this.#used(entry), expiresAtMs };
  }

  /** When each token was last used, by its id and the wall clock; those that never were are left out. */
  lastUses(): readonly (readonly [id: string, usedAtMs: number])[] {
    return Array.from(this.#byId.values()).flatMap(({ id, usedAtMs }) =>
      usedAtMs === undefined ? [] : [[id, usedAtMs] as const],
    );
  }

  #used(entry: Entry): Principal {
    entry.usedAtMs = this.#clock.wall();
    return entry.principal;
  }

  #digest(text: string): string {
    return hash('sha256', `${this.#salt}${text}`, 'base64');
  }

  #search(token: SecretValue): Entry | undefined {
    for (const [keyId, index] of this.#byKey) {
      // A key that was taken out of the ring since: its tokens count no more.
      if (!this.#ring.ids.includes(keyId)) continue;
      const mac = this.#ring.hmacWith(keyId, 'token-hash', token.reveal());
      const entry = index.get(indexOf(mac))?.find((candidate) => timingSafeEqual(candidate.mac, mac));
      if (entry) return entry;
    }
    return undefined;
  }
}
