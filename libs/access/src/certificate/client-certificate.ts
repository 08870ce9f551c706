import type { Claims } from '../claims/claim-value.js';

/** The certificate that the client of one connection has shown, and that authorities of the listener vouched for. */
export interface ClientCertificate {
  /** SHA-256 of it, in hexadecimal digits. */
  readonly fingerprint: string;
  /** What it says of its holder, as `certificateClaims` reads it. */
  readonly claims: Claims;
  /** Wall-clock time from which it, or an authority above it, does not count any more. */
  readonly expiresAtMs: number;
  /** Whether the authorities that vouched for it still count. */
  isTrusted(): boolean;
}

/** A certificate that a browser may show by itself. */
export interface ShownCertificate {
  readonly certificate: ClientCertificate;
  /** Whether a page of another origin may have caused the request; then the certificate does not count. */
  readonly crossOrigin: boolean;
}
