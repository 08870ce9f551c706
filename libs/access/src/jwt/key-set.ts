import { hash } from 'node:crypto';
import { createLocalJWKSet, type JWSHeaderParameters, type LocalJWKSet } from 'jose';
import { FetchError } from './bounded-request.js';

type Jwk = Readonly<Record<string, unknown>> & { readonly kty: string };

/** More are not looked at. */
const MAX_KEYS = 100;
/** The public half of a key, and what says how it is used. */
const PUBLIC_MEMBERS = ['kty', 'kid', 'alg', 'use', 'key_ops', 'crv', 'n', 'e', 'x', 'y'] as const;

/** How a SPIFFE bundle marks the keys of its JWT-SVIDs, where others say `sig`. */
const SPIFFE_USE = 'jwt-svid';

/** The least bytes of a secret, by RFC 7518, section 3.2. */
const LEAST_SECRET_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** What a signature is checked with. */
export type VerificationKey = Awaited<ReturnType<LocalJWKSet>> | Uint8Array;

const isKey = (key: unknown): key is Jwk =>
  typeof key === 'object' && key !== null && 'kty' in key && typeof key.kty === 'string';

const publicHalf = (key: Jwk): Jwk => {
  const members = PUBLIC_MEMBERS.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]]));
  return { ...(Object.fromEntries(members) as Jwk), ...(key['use'] === SPIFFE_USE && { use: 'sig' }) };
};

const fits = (key: Jwk, { kid, alg }: JWSHeaderParameters): boolean =>
  (kid === undefined || key['kid'] === kid) &&
  (key['alg'] === undefined || key['alg'] === alg) &&
  (key['use'] === undefined || key['use'] === 'sig');

/** None where it is not written as RFC 7518 asks for, section 6.4.1: what is read of it could be far shorter than it looks. */
const secretOf = ({ k }: Jwk): readonly Buffer[] =>
  typeof k === 'string' && BASE64URL.test(k) ? [Buffer.from(k, 'base64url')] : [];

/** The keys of one answer. Immutable. */
export class KeySet {
  /** Says whether two answers hold the same keys. */
  readonly fingerprint: string;
  readonly #public: LocalJWKSet;
  readonly #shared: readonly Jwk[];

  private constructor(keys: readonly Jwk[]) {
    this.#public = createLocalJWKSet({ keys: keys.filter(({ kty }) => kty !== 'oct').map(publicHalf) });
    this.#shared = keys.filter(({ kty }) => kty === 'oct');
    this.fingerprint = hash('sha256', JSON.stringify(keys), 'base64');
  }

  /** Throws `FetchError` for what is no JSON Web Key Set (RFC 7517). */
  static parse(document: unknown): KeySet {
    const keys: unknown =
      typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined;
    if (!Array.isArray(keys)) throw new FetchError('it holds no list of keys');
    if (keys.length > MAX_KEYS) throw new FetchError(`it holds more than ${MAX_KEYS} keys`);
    return new KeySet(keys.filter(isKey));
  }

  /** The one key that a token's header names; `undefined` where there is none, or no single one. */
  async find(header: JWSHeaderParameters): Promise<VerificationKey | undefined> {
    if (header.alg?.startsWith('HS') === true) return this.#findShared(header);
    try {
      return await this.#public(header, { payload: '', signature: '' });
    } catch {
      // No such key, several of them, or one that is none.
      return undefined;
    }
  }

  #findShared(header: JWSHeaderParameters): Uint8Array | undefined {
    const leastBytes = LEAST_SECRET_BYTES[header.alg ?? ''] ?? Infinity;
    const secrets = this.#shared.flatMap((key) => (fits(key, header) ? secretOf(key) : []));
    const [secret, ...others] = secrets.filter(({ length }) => length >= leastBytes);
    return others.length > 0 ? undefined : secret;
  }
}
