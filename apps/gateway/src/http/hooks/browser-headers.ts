import type { FastifyInstance } from 'fastify';
import { routeOf } from '../endpoint/route.js';

/** What an answer that is no page needs: not to be taken for one. */
export const DATA_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Helmet's defaults (helmet 8), but links stay as they are: TLS, where there is any, ends in front of the gateway. Not by
 * its plugin, which makes every request of every route wait for a promise.
 */
const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'self'",
    "base-uri 'self'",
    "font-src 'self' https: data:",
    "form-action 'self'",
    "frame-ancestors 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "script-src 'self'",
    "script-src-attr 'none'",
    "style-src 'self' https: 'unsafe-inline'",
  ].join(';'),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/** Every answer tells browsers what not to do with it, refusals and errors included. */
export const protectBrowsers = (server: FastifyInstance): void => {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(routeOf(request).page ? PAGE_HEADERS : DATA_HEADERS);
    done();
  });
};
