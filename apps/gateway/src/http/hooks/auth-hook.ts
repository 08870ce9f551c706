import type { Authenticator, Principal } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { clientCertificateOf } from '@coffer/service';
import type { QuotaPlace } from '../budget/caller-quota.js';
import type { RequestQuota } from '../budget/request-quota.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasUnreadBody } from '../request/unread-body.js';
import { authorize, type AuthorizedRequest } from '../endpoint/authorize.js';
import type { EndpointDefinition } from '../endpoint/endpoint.js';
import { vaultAuthorizationOf } from '../request/vault-request.js';
import { routeOf, type Route } from '../endpoint/route.js';
import { setCookie } from '../request/browser-cookies.js';
import { cookieOf, CSRF_HEADER, mayUseSession, originOf } from '../request/browser-request.js';
import { jwtCookieOf } from './jwt-cookie.js';
import { shownCertificateOf } from './shown-certificate.js';

const nowhere = (): CofferError => new CofferError('no-such-route', 'there is nothing here');

/** A request to an open endpoint, without credentials or whatever they are. */
const ANYBODY: AuthorizedRequest = { parameters: {} };

/** The place of a request that is refused: its own may be invented. */
const NOWHERE: QuotaPlace = {};

/** A request to an open route. Throws `malformed` for a path that cannot be read. */
const anybodyAt = (
  { parametersOf }: Route,
  { path }: EndpointDefinition,
  raw: FastifyRequest['raw'],
): AuthorizedRequest => (path.includes('{') ? { parameters: parametersOf(raw) } : ANYBODY);

declare module 'fastify' {
  interface FastifyInstance {
    /** Judges a request that was let in again, counting nothing. Rejects as a new one would be refused. */
    reauthorize: (request: FastifyRequest) => Promise<Principal>;
  }
}

/** The part of an `Authenticator` that HTTP needs. */
export type RequestAuthenticator = Pick<
  Authenticator,
  'authenticate' | 'known' | 'knownCertificate' | 'clientOf' | 'sessions'
>;

/** All headers of the name, joined: Node itself keeps the first `Authorization` alone. */
const headerOf = ({ raw: { rawHeaders } }: FastifyRequest, name: string): string | undefined => {
  let joined: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] as string;
    if (given.length !== name.length || given.toLowerCase() !== name) continue;
    const value = rawHeaders[at + 1] as string;
    joined = joined === undefined ? value : `${joined}, ${value}`;
  }
  return joined;
};

/** The credentials that a request presents for an endpoint, as the `Authorization` header. */
const authorizationOf = (request: FastifyRequest, { face }: EndpointDefinition): string | undefined =>
  (face === 'vault' ? vaultAuthorizationOf(request.raw.rawHeaders) : undefined) ?? headerOf(request, 'authorization');

/** A caller who failed too often is to blame, unlike one whose store is throttled: another code, another status. */
const authenticate = async (
  request: FastifyRequest,
  authorization: string | undefined,
  authenticator: RequestAuthenticator,
): Promise<Principal> => {
  try {
    const cookie = jwtCookieOf(request);
    const certificate = shownCertificateOf(request);
    return await authenticator.authenticate({
      ...(authorization === undefined ? {} : { authorization }),
      ...originOf(request),
      ...(cookie === undefined ? {} : { cookie }),
      ...(certificate === undefined ? {} : { certificate }),
    });
  } catch (error) {
    if (CofferError.is(error, 'throttled')) throw new CofferError('login-throttled', error.message, error.details);
    throw error;
  }
};

/** Whose session the cookie is of; the answer renews it, and no cache keeps it. */
const resume = async (
  request: FastifyRequest,
  reply: FastifyReply,
  cookie: string,
  authenticator: RequestAuthenticator,
): Promise<Principal> => {
  if (!mayUseSession(request)) {
    throw new CofferError(
      'unauthorized',
      `the session's cookie counts for pages of this origin alone, which send ${CSRF_HEADER}: 1 with all but plain reads`,
    );
  }
  const { principal, cookie: renewed } = await authenticator.sessions.resume(
    cookie,
    authenticator.clientOf(originOf(request)),
  );
  void reply.header('cache-control', 'no-store');
  if (renewed !== undefined) {
    void reply.header('set-cookie', setCookie('coffer', request.server.publicAddress.isSecure(request), renewed));
  }
  return principal;
};

/**
 * Authenticates, authorises and counts every request before a byte of its body is read. A route without a definition is
 * refused: nothing is open by omission.
 */
export const addAuthHook = (
  server: FastifyInstance,
  authenticator: RequestAuthenticator,
  quota: Pick<RequestQuota, 'take'>,
): void => {
  /** Without waiting, where who is calling is known already: most requests need no promise. */
  const decide = (
    request: FastifyRequest,
    reply: FastifyReply,
    route: Route,
    definition: EndpointDefinition,
  ): AuthorizedRequest | Promise<AuthorizedRequest> => {
    const open = definition.access === 'open';
    const anybody = open ? anybodyAt(route, definition, request.raw) : ANYBODY;
    if (open && definition.identify !== true) return anybody;
    const authorization = authorizationOf(request, definition);
    if (open && authorization === undefined && clientCertificateOf(request.socket) === undefined) return anybody;
    const known = authorization === undefined ? undefined : authenticator.known(authorization);
    if (open) {
      if (known !== undefined) return { ...anybody, principal: known };
      const identified = authenticate(request, authorization, authenticator);
      return identified.then(
        (principal) => ({ ...anybody, principal }),
        () => anybody,
      );
    }
    const authorizeAs = (principal: Principal): AuthorizedRequest => {
      request.caller = principal;
      // Metrics and the description are for whoever looks after a caller that asks too often.
      const counts = definition.face !== 'root';
      let authorized: AuthorizedRequest;
      try {
        authorized = authorize(definition, route.parametersOf(request.raw), principal);
      } catch (error) {
        if (counts) quota.take(principal.id, NOWHERE);
        throw error;
      }
      if (counts) quota.take(principal.id, authorized);
      return authorized;
    };
    if (known !== undefined) return authorizeAs(known);
    const session = authorization === undefined ? cookieOf(request, 'coffer') : undefined;
    const found =
      session === undefined
        ? authenticate(request, authorization, authenticator)
        : resume(request, reply, session, authenticator);
    return found.then(authorizeAs);
  };
  server.decorate('reauthorize', async (request: FastifyRequest): Promise<Principal> => {
    const { definition, parametersOf } = routeOf(request);
    if (definition === undefined) throw nowhere();
    const authorization = authorizationOf(request, definition);
    const session = authorization === undefined ? cookieOf(request, 'coffer') : undefined;
    const principal =
      session === undefined
        ? ((authorization === undefined ? undefined : authenticator.known(authorization)) ??
          (await authenticate(request, authorization, authenticator)))
        : (await authenticator.sessions.resume(session, authenticator.clientOf(originOf(request)))).principal;
    authorize(definition, parametersOf(request.raw), principal);
    return principal;
  });
  server.decorateRequest('authorized', undefined);
  server.addHook('onRequest', (request, reply, done) => {
    // What leads nowhere is answered before its body is read, which anybody could send.
    if (request.is404) return done(hasUnreadBody(request.raw) ? nowhere() : undefined);
    const route = routeOf(request);
    const { definition } = route;
    if (definition === undefined) return done(new CofferError('forbidden', 'this route declares no permission'));
    const accept = (authorized: AuthorizedRequest): void => {
      request.authorized = authorized;
      done();
    };
    let decided: AuthorizedRequest | Promise<AuthorizedRequest>;
    try {
      decided = decide(request, reply, route, definition);
    } catch (error) {
      return done(error as Error);
    }
    if (decided instanceof Promise) void decided.then(accept, done);
    else accept(decided);
  });
};
