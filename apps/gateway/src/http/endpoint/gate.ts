import { PERMISSIONS, may, mayAnywhere, type Principal } from '@coffer/access';
import { CofferError, DEFAULT_TENANT, parseNamespace, parseTenant } from '@coffer/secrets';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../dependencies.js';
import type { EndpointDefinition } from './endpoint.js';
import { pathParameters, rawPathOf } from './raw-path.js';

/** What the gate found out about a request that it let in. */
export interface Admitted {
  readonly principal?: Principal;
  readonly tenant?: string;
  readonly namespace?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

declare module 'fastify' {
  interface FastifyRequest {
    admitted: Admitted | undefined;
  }
  interface FastifyContextConfig {
    endpoint?: EndpointDefinition;
  }
}

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
  const values = rawHeaders.filter((_text, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
  return values.length === 0 ? undefined : values.join(', ');
};

/** A caller who failed too often is to blame, unlike one whose store is throttled: another code, another status. */
const authenticate = async (request: FastifyRequest, { authenticator }: GateDependencies): Promise<Principal> => {
  const authorization = headerOf(request, 'authorization');
  const { cookie } = request.headers;
  try {
    return await authenticator.authenticate({
      ...(authorization === undefined ? {} : { authorization }),
      ...(cookie === undefined ? {} : { cookie }),
      address: request.ip,
    });
  } catch (error) {
    if (CofferError.is(error, 'throttled')) throw new CofferError('login-throttled', error.message, error.details);
    throw error;
  }
};

const admit = async (
  request: FastifyRequest,
  definition: EndpointDefinition,
  dependencies: GateDependencies,
): Promise<Admitted> => {
  if (definition.access === 'open') return { parameters: {} };
  const principal = await authenticate(request, dependencies);
  const parameters = pathParameters(request.routeOptions.url ?? '', rawPathOf(request.raw.url ?? '/'));
  const tenant = definition.face === 'root' ? undefined : parseTenant(parameters['tenant'] ?? DEFAULT_TENANT);
  const namespace = parameters['namespace'] === undefined ? undefined : parseNamespace(parameters['namespace']);
  authorise(definition, principal, tenant, namespace);
  return {
    principal,
    ...(tenant === undefined ? {} : { tenant }),
    ...(namespace === undefined ? {} : { namespace }),
    parameters,
  };
};

/**
 * Authenticates and authorises every request before a byte of its body is read. A route without a definition is
 * refused: nothing is open by omission.
 */
export const installGate = (server: FastifyInstance, dependencies: GateDependencies): void => {
  server.decorateRequest('admitted', undefined);
  server.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const definition = request.routeOptions.config.endpoint;
    if (definition === undefined) throw new CofferError('forbidden', 'this route declares no permission');
    request.admitted = await admit(request, definition, dependencies);
  });
};
