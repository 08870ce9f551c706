import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { certificateClaims, plainFingerprint, type ClientCertificate } from '@coffer/access';

/** Those whose certificates count, which may change. */
export interface ClientAuthorities {
  includes(fingerprint256: string): boolean;
}

const CERTIFICATES = new WeakMap<object, ClientCertificate>();

/** The certificate with which the client of a connection has shown who it is; `undefined` where it has not. */
export const clientCertificateOf = (socket: object): ClientCertificate | undefined => CERTIFICATES.get(socket);

/** Has what goes on over a connection in another's place be by the same client. */
export const adoptClientCertificate = (connection: object, socket: object): void => {
  const certificate = CERTIFICATES.get(socket);
  if (certificate !== undefined) CERTIFICATES.set(connection, certificate);
};

/** From the client's own to the root. */
const chainOf = (socket: TLSSocket): readonly DetailedPeerCertificate[] => {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // The root is its own issuer.
  while (next?.raw !== undefined && !chain.some(({ fingerprint256 }) => fingerprint256 === next?.fingerprint256)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
};

/**
 * Keeps what the certificate of a connection says, which OpenSSL has verified up to a root of the authorities. It counts
 * as long as all of its chain that was among the authorities then still is.
 */
export const rememberCertificate = (
  socket: TLSSocket,
  authorities: ClientAuthorities,
): ClientCertificate | undefined => {
  const chain = chainOf(socket);
  const [own, root] = [chain[0], chain.at(-1)];
  if (own === undefined || root === undefined || !authorities.includes(root.fingerprint256)) return undefined;
  const vouching = chain.flatMap(({ fingerprint256: each }) => (authorities.includes(each) ? [each] : []));
  const certificate: ClientCertificate = {
    fingerprint: plainFingerprint(own.fingerprint256),
    claims: certificateClaims(new X509Certificate(own.raw), plainFingerprint(root.fingerprint256)),
    expiresAtMs: Math.min(...chain.map(({ valid_to: end }) => Date.parse(end))),
    isTrusted: () => vouching.every((each) => authorities.includes(each)),
  };
  CERTIFICATES.set(socket, certificate);
  return certificate;
};
