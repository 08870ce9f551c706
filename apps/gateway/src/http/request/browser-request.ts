import type { LoginOrigin } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import type { FastifyRequest } from 'fastify';
import { cookieName, type BrowserCookie } from './browser-cookies.js';
import { cookieValues } from './cookies.js';
import { pageOriginOf } from './page-origin.js';
import { rawQueryOf } from './raw-path.js';

/** What a page of this origin sends to show that it means it: no form can, and a script of another origin may not. */
export const CSRF_HEADER = 'x-coffer-csrf';

const isMarked = ({ headers }: FastifyRequest): boolean => headers[CSRF_HEADER] === '1';

/** Whether a page of this origin made the request, on purpose. */
export const isByOwnPage = (request: FastifyRequest): boolean => isMarked(request) && pageOriginOf(request) === 'same';

/** As `isByOwnPage`; a read also where its address was typed, and, where the browser says nothing, by the header alone. */
export const mayUseSession = (request: FastifyRequest): boolean => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return isByOwnPage(request);
  if (request.headers['sec-fetch-site'] === undefined) return isMarked(request) && pageOriginOf(request) !== 'other';
  return pageOriginOf(request) !== 'other';
};

export const originOf = ({ socket, headers }: FastifyRequest): LoginOrigin => {
  const { 'x-forwarded-for': forwardedFor } = headers;
  return {
    address: socket.remoteAddress ?? '',
    ...(forwardedFor === undefined ? {} : { forwardedFor: String(forwardedFor) }),
  };
};

/** Throws `unauthorized` where there are two that differ, for another host of the domain can add one where there is no TLS. */
export const cookieOf = (request: FastifyRequest, cookie: BrowserCookie): string | undefined => {
  const name = cookieName(cookie, request.server.publicAddress.isSecure(request));
  const [value, ...others] = cookieValues(request.headers.cookie, name);
  if (others.length === 0) return value;
  throw new CofferError('unauthorized', `there are two cookies ${name} that differ; delete the cookies of this host`);
};

/** What an endpoint for browsers learns of a request. */
export interface BrowserRequest {
  readonly from: LoginOrigin;
  /** Under which the browser reaches this gateway. */
  readonly publicOrigin: string;
  readonly isSecure: boolean;
  readonly isByOwnPage: boolean;
  /** As it was sent. */
  readonly query: string;
  readonly cookie: (cookie: BrowserCookie) => string | undefined;
}

export const browserRequestOf = (request: FastifyRequest): BrowserRequest => {
  const { publicAddress } = request.server;
  return {
    from: originOf(request),
    publicOrigin: publicAddress.originOf(request),
    isSecure: publicAddress.isSecure(request),
    isByOwnPage: isByOwnPage(request),
    query: rawQueryOf(request.raw.url ?? ''),
    cookie: (cookie) => cookieOf(request, cookie),
  };
};
