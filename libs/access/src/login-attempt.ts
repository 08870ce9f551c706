import { CofferError, type SecretValue } from '@coffer/secrets';
import type { PresentedCredentials } from './authorization-header.js';
import type { ShownCertificate } from './certificate/client-certificate.js';
import { looksLikeJwt } from './jwt/json-web-token.js';

/** The part of a request that says who sent it. */
export interface LoginAttempt {
  /** The header's value; several are joined by commas. */
  readonly authorization?: string;
  /** The peer's IP address, by which failures are counted unless it is a trusted proxy's. */
  readonly address: string;
  /** The `X-Forwarded-For` header; several are joined by commas. */
  readonly forwardedFor?: string;
  /** The JSON Web Token of a cookie, which counts where no credentials are in the header. */
  readonly cookie?: CookieToken;
  /** The client certificate of the connection, which counts where there is nothing in the header and no cookie. */
  readonly certificate?: ShownCertificate;
}

/** Where an attempt comes from. */
export type LoginOrigin = Pick<LoginAttempt, 'address' | 'forwardedFor'>;

/** What somebody signs in with for a session. */
export type SignIn = { readonly token: SecretValue } | { readonly username: string; readonly password: SecretValue };

/** A token that a browser sends by itself. */
export interface CookieToken {
  readonly token: string;
  /** Whether a page of another origin may have caused the request; then the token does not count. */
  readonly crossOrigin: boolean;
}

/** A bearer token that is a JSON Web Token. */
export const jwtOf = (presented: PresentedCredentials): string | undefined => {
  const token = presented.scheme === 'bearer' ? presented.token.reveal() : '';
  return looksLikeJwt(token) ? token : undefined;
};

/** Throws `unauthorized` for a token that does not count here. */
export const jwtOfCookie = (cookie: CookieToken | undefined): string | undefined => {
  if (cookie === undefined) return undefined;
  if (cookie.crossOrigin) {
    throw new CofferError(
      'unauthorized',
      'the JWT cookie counts for pages of this origin alone, and for refresh=true where the browser says so; send the token as a header',
    );
  }
  if (!looksLikeJwt(cookie.token))
    throw new CofferError('unauthorized', 'the JWT cookie holds no JSON Web Token, or there are two that differ');
  return cookie.token;
};
