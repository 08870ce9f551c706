import type { CookieToken } from '@coffer/access';
import type { FastifyRequest } from 'fastify';
import { cookieValues } from '../request/cookies.js';
import { pageOriginOf, type PageOrigin } from '../request/page-origin.js';
import { rawQueryOf } from '../request/raw-path.js';

/** The cookie in which Kestra keeps its sessions, and in which its clients send them. */
const COOKIE = 'JWT';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a store may be asked whatever is cached, which costs money; read leniently, for it is checked later. */
const asksStore = (target: string): boolean =>
  new URLSearchParams(rawQueryOf(target)).getAll('refresh').some((value) => value !== 'false');

/**
 * Whether a page of another origin may have caused the request. A read that does not say is by a client that is no
 * browser, or over HTTP by a page that cannot see the answer: it may not ask a store.
 */
const CROSS_ORIGIN: Readonly<Record<PageOrigin, (request: FastifyRequest) => boolean>> = {
  same: () => false,
  other: () => true,
  typed: ({ method }) => !SAFE_METHODS.has(method),
  unknown: ({ raw }) => asksStore(raw.url ?? '/'),
};

/** The token of the `JWT` cookie; an empty one where there are two that differ, for a sibling domain can add one. */
export const jwtCookieOf = (request: FastifyRequest): CookieToken | undefined => {
  const [token, ...others] = cookieValues(request.headers.cookie, COOKIE);
  if (token === undefined) return undefined;
  return { token: others.length === 0 ? token : '', crossOrigin: CROSS_ORIGIN[pageOriginOf(request)](request) };
};
