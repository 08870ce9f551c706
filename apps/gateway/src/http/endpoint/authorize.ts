import { PERMISSIONS, may, mayAnywhere, type Permission, type Principal } from '@coffer/access';
import { CofferError, DEFAULT_TENANT, parseKey, parseNamespace, parseTenant } from '@coffer/secrets';
import type { EndpointDefinition } from './endpoint.js';

/** What is known of a request whose caller may make it. */
export interface AuthorizedRequest {
  readonly principal?: Principal | undefined;
  readonly tenant?: string | undefined;
  readonly namespace?: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

declare module 'fastify' {
  interface FastifyRequest {
    authorized: AuthorizedRequest | undefined;
  }
}

/** The part of a call that the route and the credentials say. Throws `invalid` for a key that cannot be one. */
export const placeOf = ({ principal, tenant, namespace, parameters }: AuthorizedRequest) => {
  const rest = parameters['*'];
  return { principal, tenant, namespace, key: rest === undefined ? undefined : parseKey(rest) };
};

/** The same answer whether the secret exists, the namespace exists, or neither. */
const forbid = (what: string): never => {
  throw new CofferError('forbidden', `this needs the permission ${what}`);
};

/** The error of a caller who lacks it there; `orBelow`: where a namespace below it would do. */
export const lacksPermission = (
  permission: Permission,
  { tenant, namespace }: { readonly tenant: string; readonly namespace: string },
  orBelow = false,
): CofferError =>
  new CofferError(
    'forbidden',
    `this needs the permission '${permission}' in namespace '${namespace}' of tenant '${tenant}'${orBelow ? ', or below it' : ''}`,
  );

const requirePermission = (
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

/** Throws `forbidden` unless the principal may call the endpoint with these parameters, and `invalid` for wrong ones. */
export const authorize = (
  definition: EndpointDefinition,
  parameters: Readonly<Record<string, string>>,
  principal: Principal,
): AuthorizedRequest => {
  const tenant = definition.face === 'root' ? undefined : parseTenant(parameters['tenant'] ?? DEFAULT_TENANT);
  const namespace = parameters['namespace'] === undefined ? undefined : parseNamespace(parameters['namespace']);
  requirePermission(definition, principal, tenant, namespace);
  return { principal, tenant, namespace, parameters };
};
