import { may, PERMISSIONS, visibleNamespace, type Principal } from '@coffer/access';
import { parseKey, parseNamespace, parseTenant } from '@coffer/secrets';

const PRINCIPAL: Principal = {
  id: 'token:t',
  grants: [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }],
};
const CALLS = 200_000;

/** All that a cached read does to find out whether its caller may read; false where not. */
const authorized = (): boolean => {
  const [tenant, namespace] = [parseTenant('main'), parseNamespace('bench.reads')];
  if (!may(PRINCIPAL, 'resolve', tenant, namespace)) return false;
  parseKey('KEY_1');
  return visibleNamespace(PRINCIPAL, 'resolve', tenant)(namespace);
};

/** Milliseconds of this process's processor time for one cached read. */
export const authorizationCost = (): number => {
  let allowed = 0;
  for (let call = 0; call < CALLS; call += 1) if (authorized()) allowed += 1;
  const before = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) if (authorized()) allowed += 1;
  const { user, system } = process.cpuUsage(before);
  if (allowed !== 2 * CALLS) throw new Error('the caller was refused');
  return (user + system) / 1_000 / CALLS;
};
