/** Names of the TLS settings of a client. */
export interface TlsSettingNames {
  /** The authorities to trust. */
  readonly authority: string;
  /** Where the server is. */
  readonly address: string;
  /** The client's own certificate. */
  readonly certificate: string;
}

type Failure = 'untrusted' | 'expired' | 'not-yet' | 'other-host' | 'no-tls';

/** What Node says of a server's certificate: https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes */
const FAILURES: Readonly<Record<string, Failure>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet',
  CERT_SIGNATURE_FAILURE: 'untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-host',
  HOSTNAME_MISMATCH: 'other-host',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no-tls',
};

/** What a server may say of a client's certificate, as OpenSSL calls it. */
const ALERT = /^ERR_SSL_.*ALERT_(.*_)?(CERTIFICATE|CA|ACCESS_DENIED|HANDSHAKE_FAILURE)(_|$)/;

/** Whether a server refused its client's certificate, or asked for one in vain, by the code of the client's error. */
export const refusesClientCertificate = (code: unknown): boolean => typeof code === 'string' && ALERT.test(code);

/**
 * What went wrong with TLS, and the setting that would mend it, by the code of a client's error; `undefined` where the code
 * says nothing of TLS.
 */
export const tlsAdvice = (code: unknown, { authority, address, certificate }: TlsSettingNames): string | undefined => {
  if (typeof code !== 'string') return undefined;
  if (refusesClientCertificate(code)) {
    const why = /EXPIRED/.test(code) ? 'has expired' : 'is missing, or not of an authority that the server trusts';
    return `the server does not take the client's certificate: that of ${certificate} ${why}`;
  }
  switch (Object.hasOwn(FAILURES, code) ? FAILURES[code] : undefined) {
    case 'untrusted':
      return `the server's certificate is not of an authority that is trusted: name one by ${authority}`;
    case 'expired':
      return `the server's certificate has expired, or an authority of ${authority} has`;
    case 'not-yet':
      return "the server's certificate is not valid yet: see the clocks of both machines";
    case 'other-host':
      return `the server's certificate is for another host: name that one by ${address}`;
    case 'no-tls':
      return `the server speaks no TLS there: see ${address}`;
    case undefined:
      return undefined;
  }
};
