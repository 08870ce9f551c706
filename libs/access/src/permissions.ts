import { isWithinNamespace } from '@coffer/secrets';
import type { Grant, Permission, Principal } from './principal.js';

const inTenant = (grant: Grant, permission: Permission, tenant: string): boolean =>
  (grant.tenant === '*' || grant.tenant === tenant) && grant.permissions.includes(permission);

const covers = (grant: Grant, namespace: string): boolean =>
  grant.namespace === '*' || isWithinNamespace(namespace, grant.namespace);

/**
 * Whether a grant of the principal covers this namespace; without a namespace, whether one covers the whole tenant.
 * Denied unless granted; no permission implies another.
 */
export const may = (principal: Principal, permission: Permission, tenant: string, namespace?: string): boolean =>
  principal.grants.some(
    (grant) =>
      inTenant(grant, permission, tenant) &&
      (namespace === undefined ? grant.namespace === '*' : covers(grant, namespace)),
  );

/** As `may`, with the tenant's grants looked up once: for filtering lists. */
export const visibleNamespace = (
  principal: Principal,
  permission: Permission,
  tenant: string,
): ((namespace: string) => boolean) => {
  const grants = principal.grants.filter((grant) => inTenant(grant, permission, tenant));
  return (namespace) => grants.some((grant) => covers(grant, namespace));
};

/** Whether there is any namespace of the tenant, written to or not, where the principal has the permission. */
export const mayAnywhere = (principal: Principal, permission: Permission, tenant: string): boolean =>
  principal.grants.some((grant) => inTenant(grant, permission, tenant));

/** Whether the principal has the permission in the namespace, or in any below it, written to or not. */
export const mayWithin = (principal: Principal, permission: Permission, tenant: string, namespace: string): boolean =>
  principal.grants.some(
    (grant) =>
      inTenant(grant, permission, tenant) &&
      (covers(grant, namespace) || isWithinNamespace(grant.namespace, namespace)),
  );
