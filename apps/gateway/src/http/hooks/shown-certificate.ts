import type { ShownCertificate } from '@coffer/access';
import { clientCertificateOf } from '@coffer/service';
import type { FastifyRequest } from 'fastify';
import { pageOriginOf } from '../request/page-origin.js';
import { VAULT_TOKEN, VAULT_WRAP } from '../request/vault-request.js';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Headers of requests that may come from somebody else than the connection's certificate names, or that have a body. */
const OTHERS: ReadonlySet<string> = new Set([
  ...[
    'authorization',
    VAULT_TOKEN,
    VAULT_WRAP,
    'cookie',
    'origin',
    'sec-fetch-site',
    'content-length',
    'transfer-encoding',
  ],
]);

/**
 * The certificate of the request's connection. Browsers show theirs by themselves, for pages of other origins too; over TLS
 * they say whose page it is, so a request that does not is by no browser.
 */
export const shownCertificateOf = (request: FastifyRequest): ShownCertificate | undefined => {
  const certificate = clientCertificateOf(request.socket);
  if (certificate === undefined) return undefined;
  const page = pageOriginOf(request);
  return { certificate, crossOrigin: page === 'other' || (page === 'typed' && !SAFE_METHODS.has(request.method)) };
};

/** Whether nothing in the headers says who calls, or that a page does. */
export const namesNobody = (rawHeaders: readonly string[]): boolean => {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (OTHERS.has((rawHeaders[at] as string).toLowerCase())) return false;
  }
  return true;
};
