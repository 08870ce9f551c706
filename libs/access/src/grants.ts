import { CofferError, DEFAULT_TENANT, parseNamespace, parseTenant } from '@coffer/secrets';
import { PERMISSIONS, type Grant, type Permission } from './principal.js';

const KNOWN: ReadonlySet<string> = new Set(PERMISSIONS);

const FORM_HELP =
  `[TENANT/]NAMESPACE:PERMISSION[,…], with * for all, the tenant ${DEFAULT_TENANT} if none is named, and the ` +
  `permissions ${PERMISSIONS.join(', ')}; for example 'company.team:list,resolve'`;

/** A frozen copy. Throws `configuration` for what can never match, which would otherwise deny in silence. */
export const parseGrant = (grant: Grant, owner: string): Grant => {
  try {
    if (grant.tenant !== '*') parseTenant(grant.tenant);
    if (grant.namespace !== '*') parseNamespace(grant.namespace);
  } catch (error) {
    const reason = CofferError.is(error) ? error.message : 'it is none';
    throw new CofferError('configuration', `a grant of ${owner} is wrong: ${reason}, or be '*'`);
  }
  const unknown = grant.permissions.filter((permission) => !KNOWN.has(permission));
  if (unknown.length > 0 || grant.permissions.length === 0) {
    throw new CofferError(
      'configuration',
      `a grant of ${owner} must have one or more of the permissions ${PERMISSIONS.join(', ')} and no other`,
    );
  }
  return Object.freeze({ ...grant, permissions: Object.freeze([...new Set(grant.permissions)]) });
};

/** `main/company.team:list,resolve` → a grant; without a tenant it is for the default one. Throws `configuration` and says what the form is. */
export const parseGrantText = (text: string): Grant => {
  const [, tenant = DEFAULT_TENANT, namespace, permissions] = /^(?:([^/:]+)\/)?([^/:]+):([^/:]+)$/.exec(text) ?? [];
  if (namespace === undefined || permissions === undefined) {
    throw new CofferError('configuration', `a grant is written as ${FORM_HELP}`);
  }
  const names = permissions.split(',').map((name) => name.trim());
  return parseGrant({ tenant, namespace, permissions: names as Permission[] }, `'${text}'`);
};
