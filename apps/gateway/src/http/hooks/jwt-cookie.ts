import type { CookieToken } from '@coffer/access';
import type { FastifyRequest } from 'fastify';
import { rawQueryOf } from '../request/raw-path.js';

/** The cookie in which Kestra keeps its sessions, and in which its clients send them. */
const COOKIE = 'JWT';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const valuesOf = (header: string): readonly string[] =>
  header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return pair.slice(0, equals).trim() === COOKIE
      ? [
          pair
            .slice(equals + 1)
            .trim()
            .replace(/^"(.*)"$/, '$1'),
        ]
      : [];
  });

const isHost = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();

/** Whether a store may be asked whatever is cached, which costs money; read leniently, for it is checked later. */
const asksStore = (target: string): boolean =>
  new URLSearchParams(rawQueryOf(target)).getAll('refresh').some((value) => value !== 'false');

/**
 * Whether a page of another origin, a sibling domain's included, may have caused the request. Browsers say so by
 * `Sec-Fetch-Site`, and where they do not (over HTTP) by `Origin` with every method that changes something. A read with
 * neither is by a client that is no browser, or over HTTP by a page that cannot see the answer: it may not ask a store.
 */
const isCrossOrigin = ({ method, headers, raw }: FastifyRequest): boolean => {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site !== undefined) return site !== 'same-origin' && !(site === 'none' && SAFE_METHODS.has(method));
  return origin === undefined ? asksStore(raw.url ?? '/') : !isHost(origin, host);
};

/** The token of the `JWT` cookie; an empty one where there are two that differ, for a sibling domain can add one. */
export const jwtCookieOf = (request: FastifyRequest): CookieToken | undefined => {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const [token, ...others] = new Set(valuesOf(cookie));
  if (token === undefined) return undefined;
  return { token: others.length === 0 ? token : '', crossOrigin: isCrossOrigin(request) };
};
