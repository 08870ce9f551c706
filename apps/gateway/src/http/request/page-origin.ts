import type { FastifyRequest } from 'fastify';

/**
 * Which page caused a request: one of this origin, one of another (a sibling domain's included), none because its address
 * was typed, or, where the request does not say, `unknown`: by a client that is no browser, or a read over plain HTTP.
 */
export type PageOrigin = 'same' | 'other' | 'typed' | 'unknown';

const isHost = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();

/**
 * Browsers say so by `Sec-Fetch-Site`, and where they do not (over HTTP) by `Origin` with every method that changes
 * something. No page can set either.
 */
export const pageOriginOf = ({ headers }: Pick<FastifyRequest, 'headers'>): PageOrigin => {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site !== undefined) return site === 'same-origin' ? 'same' : site === 'none' ? 'typed' : 'other';
  if (origin === undefined) return 'unknown';
  return isHost(origin, host) ? 'same' : 'other';
};
