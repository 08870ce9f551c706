import type { SessionCookie } from '@coffer/access';

/** `coffer`: a session. `coffer-login`: a log-in by an issuer that is under way. */
export type BrowserCookie = 'coffer' | 'coffer-login';

/** An issuer's redirect is a navigation from another site, with which browsers send no `Strict` cookie. */
const SAME_SITE: Readonly<Record<BrowserCookie, string>> = { coffer: 'Strict', 'coffer-login': 'Lax' };

/**
 * With TLS, the prefix `__Host-`, with which browsers take it from this host alone and over TLS alone. Without, none: browsers
 * differ in whether they keep a `Secure` cookie of a host without TLS.
 */
export const cookieName = (cookie: BrowserCookie, secure: boolean): string => (secure ? `__Host-${cookie}` : cookie);

/** A value of `Set-Cookie`; without a content, one that takes the cookie away. */
export const setCookie = (
  cookie: BrowserCookie,
  secure: boolean,
  { value, maxAgeMs }: Partial<SessionCookie> = {},
): string =>
  [
    `${cookieName(cookie, secure)}=${value?.reveal() ?? ''}`,
    'Path=/',
    `Max-Age=${Math.floor((maxAgeMs ?? 0) / 1_000)}`,
    'HttpOnly',
    `SameSite=${SAME_SITE[cookie]}`,
    ...(secure ? ['Secure'] : []),
  ].join('; ');
