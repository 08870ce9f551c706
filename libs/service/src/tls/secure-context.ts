import { constants, X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { ServerTlsConfiguration } from '@coffer/config';

/**
 * What a TLS server is made of. Where clients show certificates no session is resumed: each connection proves anew that
 * its certificate counts, under the authorities of its time.
 */
export const secureContextOf = (settings: ServerTlsConfiguration): SecureContextOptions => {
  const { certificate, key, keyPassword, clientAuthorities, clientAuth } = settings;
  return {
    cert: certificate,
    key: key.reveal(),
    minVersion: 'TLSv1.2',
    ...(keyPassword === undefined ? {} : { passphrase: keyPassword.reveal() }),
    ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities }),
    ...(clientAuth === 'none' ? {} : { secureOptions: constants.SSL_OP_NO_TICKET }),
  };
};

/** The certificates of a PEM as the configuration gives it. */
export const certificatesIn = (pem: string): readonly X509Certificate[] =>
  (pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? []).map((each) => new X509Certificate(each));
