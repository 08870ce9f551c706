import { CofferError, type Clock } from '@coffer/secrets';
import { jwtVerify, type JWTPayload } from 'jose';
import { ClaimBindings } from '../claims/claim-bindings.js';
import { hasControls, subjectIn } from '../claims/claim-subject.js';
import { claimTexts, type Claims } from '../claims/claim-value.js';
import type { IssuerCredential } from '../credentials.js';
import type { LoginIssuer } from '../login/issuer-client.js';
import type { AskedPrincipal, Principal } from '../principal.js';
import { RememberedTokens, type RememberedToken } from '../remembered-tokens.js';
import { fingerprintOf } from '../sessions/fingerprint.js';
import type { SessionCredential, SessionSource } from '../sessions/session.js';
import { IssuerKeys, type OnKeysRead } from './issuer-keys.js';
import { readJwt, refusalOf, refuseJwt } from './json-web-token.js';
import type { VerificationKey } from './key-set.js';

interface Issuer {
  readonly settings: IssuerCredential;
  readonly keys: IssuerKeys;
  readonly bindings: ClaimBindings;
}

interface VerifiedToken extends RememberedToken {
  readonly issuer: string;
  /** Fingerprint of the key set with which it was verified. */
  readonly fingerprint: string;
}

const MAX_SUBJECT_LENGTH = 256;

/** What of an issuer decides which keys it has, and how often they may be asked for. */
const placeOf = ({ id, issuer, keys }: IssuerCredential): string => JSON.stringify([id, issuer, keys]);

/** `undefined` where nobody logs in by it. */
const loginFingerprint = ({ issuer, subjectClaim, login }: IssuerCredential): string | undefined =>
  login && fingerprintOf(JSON.stringify([issuer, subjectClaim, login.clientId]));

const subjectOf = (claims: Claims, name: string): string => {
  const subject = subjectIn(claims, name, MAX_SUBJECT_LENGTH);
  if (subject !== undefined) return subject;
  throw refuseJwt(`must name its subject, by the claim ${name}, in at most ${MAX_SUBJECT_LENGTH} characters`);
};

/** The issuers of one configuration, and the tokens of theirs that were verified under it. */
export class IssuerTable {
  readonly #byIssuer = new Map<string, Issuer>();
  readonly #byId = new Map<string, Issuer>();
  private readonly keysByPlace = new Map<string, IssuerKeys>();
  readonly #clock: Clock;
  readonly #remembered: RememberedTokens<VerifiedToken>;

  /** Takes over the keys, and the time until they may be asked for again, of issuers that `previous` has too. */
  constructor(
    issuers: readonly IssuerCredential[],
    { clock, onKeysRead, maxBytes }: { clock: Clock; onKeysRead: OnKeysRead; maxBytes?: number | undefined },
    previous?: IssuerTable,
  ) {
    this.#clock = clock;
    this.#remembered = new RememberedTokens(maxBytes);
    for (const settings of issuers) {
      const { id, issuer } = settings;
      if (this.#byIssuer.has(issuer) || this.#byId.has(id)) {
        throw new CofferError('configuration', `the issuer '${id}', or its iss, appears twice`, { issuer: id });
      }
      const place = placeOf(settings);
      const keys = previous?.keysByPlace.get(place) ?? new IssuerKeys(settings, clock, onKeysRead);
      const entry = { settings, keys, bindings: new ClaimBindings(settings.bindings, `the issuer '${id}'`) };
      this.keysByPlace.set(place, keys);
      this.#byIssuer.set(issuer, entry);
      this.#byId.set(id, entry);
    }
  }

  get memory(): Pick<RememberedTokens<VerifiedToken>, 'bytes' | 'limitBytes' | 'evictions'> {
    return this.#remembered;
  }

  /**
   * Whose token this is, if it was verified before, has not expired and its issuer still has the same keys; nobody's while those must be
   * read again first, which `verify` waits for.
   */
  known(token: string): Principal | undefined {
    return this.#byIssuer.size === 0 ? undefined : this.#find(this.#remembered.digestOf(token));
  }

  #find(digest: string): Principal | undefined {
    const found = this.#remembered.get(digest);
    if (found === undefined) return undefined;
    const keys = this.#byIssuer.get(found.issuer)?.keys;
    keys?.refreshIfOld();
    if (this.#clock.wall() < found.expiresAtMs && keys?.fingerprint === found.fingerprint) {
      return keys.recent ? found.principal : undefined;
    }
    this.#remembered.delete(digest);
    return undefined;
  }

  /**
   * Throws `unauthorized` for a token that does not count and says why, and `unavailable` while the keys of its issuer are
   * not known.
   */
  async verify(token: string): Promise<Principal> {
    const digest = this.#remembered.digestOf(token);
    const known = this.#find(digest);
    if (known !== undefined) return known;
    const { header, claims } = readJwt(token);
    const entry = typeof claims.iss === 'string' ? this.#byIssuer.get(claims.iss) : undefined;
    if (entry === undefined)
      throw refuseJwt('is of an issuer that is not in the configuration (coffer.access.issuers)');
    const { settings, keys } = entry;
    if (header.alg === undefined || !settings.algorithms.includes(header.alg)) {
      throw refuseJwt(`is signed by an algorithm that the issuer '${settings.id}' may not use`);
    }
    const { key, fingerprint } = await keys.find(header);
    const verified = await this.#verified(token, key, settings);
    const principal = this.#principalOf(entry, verified);
    const expiresAtMs = (verified.exp as number) * 1_000 + settings.clockSkewMs;
    this.#remembered.set(digest, { principal, expiresAtMs, fingerprint, issuer: settings.issuer });
    return principal;
  }

  /** Whoever has these claims, which nobody has verified; `undefined` for an issuer that is not configured. */
  principalOf(issuerId: string, claims: Claims): AskedPrincipal | undefined {
    const entry = this.#byId.get(issuerId);
    if (entry === undefined) return undefined;
    const { subjectClaim } = entry.settings;
    const [subject = ''] = claimTexts(claims, subjectClaim);
    const principal = { id: `jwt:${issuerId}:${subject}`, grants: entry.bindings.grantsOf(claims) };
    if (subjectIn(claims, subjectClaim, MAX_SUBJECT_LENGTH) === undefined)
      return { ...principal, refusal: 'no-subject' };
    return principal.grants.length === 0 ? { ...principal, refusal: 'no-binding' } : principal;
  }

  /** Those that people may log in by. */
  get loginIssuers(): readonly LoginIssuer[] {
    return [...this.#byId.values()].flatMap(({ settings }) => {
      const { login } = settings;
      return login === undefined ? [] : [{ ...settings, login }];
    });
  }

  /** The claims that an issuer is asked for. */
  claimsWanted(id: string): readonly string[] {
    const entry = this.#byId.get(id);
    return entry === undefined ? [] : [...new Set([entry.settings.subjectClaim, ...entry.bindings.names])];
  }

  /** What a session is begun with of whom an issuer says this; `undefined` where nothing is granted for it. Throws `unauthorized`. */
  sourceOf(id: string, claims: Claims): SessionSource | undefined {
    const entry = this.#byId.get(id);
    const fingerprint = entry && loginFingerprint(entry.settings);
    if (entry === undefined || fingerprint === undefined) return undefined;
    const { bindings, settings } = entry;
    if (bindings.grantsOf(claims).length === 0) return undefined;
    const { subjectClaim } = settings;
    const kept = { ...bindings.relevantOf(claims), [subjectClaim]: subjectOf(claims, subjectClaim) };
    return { kind: 'issuer', id, fingerprint, claims: kept };
  }

  /** Whose session it is, while people log in by the issuer with the same client, and something is granted. */
  resume({
    id,
    fingerprint,
    claims,
  }: Extract<SessionSource, { readonly kind: 'issuer' }>): SessionCredential | undefined {
    const settings = this.#byId.get(id)?.settings;
    if (settings === undefined || loginFingerprint(settings) !== fingerprint) return undefined;
    const principal = this.principalOf(id, claims);
    return principal === undefined || principal.grants.length === 0 ? undefined : { principal };
  }

  async #verified(token: string, key: VerificationKey, settings: IssuerCredential): Promise<JWTPayload> {
    const { algorithms, issuer, audience, clockSkewMs, notBefore } = settings;
    const now = this.#clock.wall();
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [...algorithms],
        issuer,
        ...(audience.length === 0 ? {} : { audience: [...audience] }),
        clockTolerance: clockSkewMs / 1_000,
        currentDate: new Date(now),
        requiredClaims: ['exp', ...(notBefore === 'required' ? ['nbf'] : [])],
      });
      const { nbf, iat } = payload;
      if (nbf === undefined && typeof iat === 'number' && iat * 1_000 > now + clockSkewMs) {
        throw refuseJwt('is not valid yet: it was issued in the future');
      }
      return payload;
    } catch (error) {
      throw refusalOf(error);
    }
  }

  #principalOf({ settings, bindings }: Issuer, claims: JWTPayload): Principal {
    const { id, subjectClaim } = settings;
    const subject = subjectOf(claims, subjectClaim);
    const grants = bindings.grantsOf(claims);
    if (grants.length === 0) {
      throw refuseJwt(`is right, but no binding of the issuer '${id}' grants anything to its claims`);
    }
    const { jti } = claims;
    const credential =
      typeof jti === 'string' && jti.length <= MAX_SUBJECT_LENGTH && !hasControls(jti) ? { credentialId: jti } : {};
    return Object.freeze({ id: `jwt:${id}:${subject}`, grants, ...credential });
  }
}
