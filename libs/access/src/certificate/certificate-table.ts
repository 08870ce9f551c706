import { CofferError, type Clock } from '@coffer/secrets';
import { ClaimBindings } from '../claims/claim-bindings.js';
import { subjectIn } from '../claims/claim-subject.js';
import { claimTexts, type Claims } from '../claims/claim-value.js';
import type { CertificateCredential } from '../credentials.js';
import type { AskedPrincipal, Principal } from '../principal.js';
import type { ClientCertificate, ShownCertificate } from './client-certificate.js';

interface Entry {
  readonly settings: CertificateCredential;
  readonly bindings: ClaimBindings;
}

const MAX_SUBJECT_LENGTH = 512;

const refuse = (what: string): CofferError => new CofferError('unauthorized', `the client certificate ${what}`);

const principalOf = ({ settings, bindings }: Entry, claims: Claims): Principal | undefined => {
  const subject = subjectIn(claims, settings.subjectClaim, MAX_SUBJECT_LENGTH);
  if (subject === undefined) return undefined;
  const grants = bindings.grantsOf(claims);
  return grants.length === 0 ? undefined : { id: `certificate:${settings.id}:${subject}`, grants };
};

/** Whom the certificates of clients are of, by one configuration. */
export class CertificateTable {
  readonly #entries: readonly Entry[];
  readonly #clock: Clock;
  /** `null` where nothing is granted to it. Goes with the connection that the certificate is of. */
  readonly #known = new WeakMap<ClientCertificate, Principal | null>();

  /** Throws `configuration` for a wrong grant. */
  constructor(certificates: readonly CertificateCredential[], clock: Clock) {
    this.#clock = clock;
    this.#entries = certificates.map((settings) => ({
      settings,
      bindings: new ClaimBindings(settings.bindings, `the entry '${settings.id}' of coffer.access.certificates`),
    }));
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Whose certificate this is, if it counts now and the first entry that is for it grants anything. */
  known(certificate: ClientCertificate): Principal | undefined {
    if (!certificate.isTrusted() || this.#clock.wall() >= certificate.expiresAtMs) return undefined;
    let found = this.#known.get(certificate);
    if (found === undefined) {
      found = this.#search(certificate);
      this.#known.set(certificate, found);
    }
    return found ?? undefined;
  }

  /** As `known`. Throws `unauthorized` and says why it does not count. */
  find({ certificate, crossOrigin }: ShownCertificate): Principal {
    if (crossOrigin) throw refuse('does not count for a request that a page of another origin caused');
    const principal = this.known(certificate);
    if (principal !== undefined) return principal;
    if (!certificate.isTrusted()) throw refuse('is of an authority that does not count any more');
    if (this.#clock.wall() >= certificate.expiresAtMs) throw refuse('has expired, or an authority above it');
    throw refuse('is right, but no binding of coffer.access.certificates grants anything to it');
  }

  /** Whoever has these claims by an entry, which no certificate has shown; `undefined` for an entry that is not there. */
  principalOf(id: string, claims: Claims): AskedPrincipal | undefined {
    const entry = this.#entries.find(({ settings }) => settings.id === id);
    if (entry === undefined) return undefined;
    const { subjectClaim } = entry.settings;
    const [subject = ''] = claimTexts(claims, subjectClaim);
    const principal = { id: `certificate:${id}:${subject}`, grants: entry.bindings.grantsOf(claims) };
    if (subjectIn(claims, subjectClaim, MAX_SUBJECT_LENGTH) === undefined)
      return { ...principal, refusal: 'no-subject' };
    return principal.grants.length === 0 ? { ...principal, refusal: 'no-binding' } : principal;
  }

  #search({ claims, fingerprint }: ClientCertificate): Principal | null {
    for (const entry of this.#entries) {
      const principal = principalOf(entry, claims);
      if (principal !== undefined) return Object.freeze({ ...principal, credentialId: fingerprint });
    }
    return null;
  }
}
