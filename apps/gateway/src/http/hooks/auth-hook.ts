import { PERMISSIONS, may, mayAnywhere, type Principal } from '@coffer/access';
import { CofferError, DEFAULT_TENANT, parseNamespace, parseTenant } from '@coffer/secrets';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../dependencies.js';
import { hasUnreadBody } from '../request/unread-body.js';
import type { EndpointDefinition } from '../endpoint/endpoint.js';
import { rawPathOf } from '../request/raw-path.js';
import { routeOf, type Route } from '../endpoint/route.js';

/** What the gate found out about a request that it let in. */
export interface Admitted {
  readonly principal?: Principal | undefined;
  readonly tenant?: string | undefined;
  readonly namespace?: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

declare module 'fastify' {
  interface FastifyRequest {
    admitted: Admitted | undefined;
  }
}

const nowhere = (): CofferError => new CofferError('no-such-route', 'there is nothing here');

/** Let in without credentials, or whatever they are. */
const ANYBODY: Admitted = { parameters: {} };

type GateDependencies = Pick<HttpDependencies, 'authenticator'>;

/** The same answer whether the secret exists, the namespace exists, or neither. */
const forbid = (what: string): never => {
  throw new CofferError('forbidden', `this needs the permission ${what}`);
};

const authorise = (
  { access }: EndpointDefinition,
  principal: Principal,
  tenant: string | undefined,
  namespace: string | undefined,
): void => {
  if (access === 'open' || access === 'authenticated') return;
  if (tenant === undefined) return forbid('in a tenant');
  if ('inTenant' in access) {
    if (access.inTenant.some((permission) => mayAnywhere(principal, permission, tenant))) return;
    return forbid(
      access.inTenant.length === PERMISSIONS.length
        ? `in tenant '${tenant}'`
        : `${access.inTenant.map((permission) => `'${permission}'`).join(' or ')} in tenant '${tenant}'`,
    );
  }
  if (namespace === undefined) return forbid(`'${access.inNamespace}' in a namespace`);
  if (!may(principal, access.inNamespace, tenant, namespace)) {
    forbid(`'${access.inNamespace}' in namespace '${namespace}' of tenant '${tenant}'`);
  }
};

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

/** A caller who failed too often is to blame, unlike one whose store is throttled: another code, another status. */
const authenticate = async (
  request: FastifyRequest,
  authorization: string | undefined,
  { authenticator }: GateDependencies,
): Promise<Principal> => {
  const { cookie, 'x-forwarded-for': forwardedFor } = request.headers;
  try {
    return await authenticator.authenticate({
      ...(authorization === undefined ? {} : { authorization }),
      ...(cookie === undefined ? {} : { cookie }),
      address: request.socket.remoteAddress ?? '',
      ...(forwardedFor === undefined ? {} : { forwardedFor: String(forwardedFor) }),
    });
  } catch (error) {
    if (CofferError.is(error, 'throttled')) throw new CofferError('login-throttled', error.message, error.details);
    throw error;
  }
};

/** Lets a caller in whose credentials are right, if the endpoint is theirs to call; throws otherwise. */
export const admit = (
  definition: EndpointDefinition,
  parameters: Readonly<Record<string, string>>,
  principal: Principal,
): Admitted => {
  const tenant = definition.face === 'root' ? undefined : parseTenant(parameters['tenant'] ?? DEFAULT_TENANT);
  const namespace = parameters['namespace'] === undefined ? undefined : parseNamespace(parameters['namespace']);
  authorise(definition, principal, tenant, namespace);
  return { principal, tenant, namespace, parameters };
};

/**
 * Authenticates and authorises every request before a byte of its body is read. A route without a definition is
 * refused: nothing is open by omission.
 */
export const installGate = (server: FastifyInstance, dependencies: GateDependencies): void => {
  const { authenticator } = dependencies;
  /** Without waiting, where who is calling is known already: most requests need no promise. */
  const decide = (
    request: FastifyRequest,
    route: Route,
    definition: EndpointDefinition,
  ): Admitted | Promise<Admitted> => {
    const open = definition.access === 'open';
    if (open && definition.identify !== true) return ANYBODY;
    const authorization = headerOf(request, 'authorization');
    if (open && authorization === undefined) return ANYBODY;
    const known = authorization === undefined ? undefined : authenticator.known(authorization);
    if (open) {
      if (known !== undefined) return { ...ANYBODY, principal: known };
      const identified = authenticate(request, authorization, dependencies);
      return identified.then(
        (principal) => ({ ...ANYBODY, principal }),
        () => ANYBODY,
      );
    }
    const letIn = (principal: Principal): Admitted =>
      admit(definition, route.parametersOf(rawPathOf(request.raw.url ?? '/')), principal);
    return known === undefined ? authenticate(request, authorization, dependencies).then(letIn) : letIn(known);
  };
  server.decorateRequest('admitted', undefined);
  server.addHook('onRequest', (request, _reply, done) => {
    // What leads nowhere is answered before its body is read, which anybody could send.
    if (request.is404) return done(hasUnreadBody(request.raw) ? nowhere() : undefined);
    const route = routeOf(request);
    const { definition } = route;
    if (definition === undefined) return done(new CofferError('forbidden', 'this route declares no permission'));
    const letIn = (admitted: Admitted): void => {
      request.admitted = admitted;
      done();
    };
    let decided: Admitted | Promise<Admitted>;
    try {
      decided = decide(request, route, definition);
    } catch (error) {
      return done(error as Error);
    }
    if (decided instanceof Promise) void decided.then(letIn, done);
    else letIn(decided);
  });
};
