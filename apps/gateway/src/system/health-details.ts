import { may, type Principal } from '@coffer/access';
import type { HealthState } from './health.service.js';

/** As the gateway names a store in its details: by what it serves. */
const STORE = /^store ([^/]+)(?:\/(.+))?$/;

const administers = (principal: Principal | undefined, tenant: string, namespace: string | undefined): boolean => {
  if (principal === undefined) return false;
  // It serves whatever no other one serves.
  if (tenant === 'default') return principal.grants.some(({ permissions }) => permissions.includes('admin'));
  return may(principal, 'admin', tenant, namespace);
};

/** What of the details the caller may see: stores by name only who administers what they serve. */
export const shownDetails = (
  details: HealthState['details'],
  principal: Principal | undefined,
): HealthState['details'] => {
  if (details === undefined) return undefined;
  const shown = Object.entries(details).filter(([name]) => {
    const [store, tenant = '', namespace] = STORE.exec(name) ?? [];
    return store === undefined || administers(principal, tenant, namespace);
  });
  const hidden = shown.length < Object.keys(details).length;
  if (hidden) shown.push(['stores', 'not reachable; ask with a token of an administrator for which and why']);
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
};
