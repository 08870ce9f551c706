import type { SecretValue } from '@coffer/secrets';
import type { LoginSource, LoginThrottle } from './login-throttle.js';
import type { Principal } from './principal.js';
import type { UserTable } from './user-table.js';

/**
 * Whose user name and password these are; `undefined` where they are wrong. Failures are counted here: a password that is being
 * verified counts as wrong, or a burst would go uncounted. Throws `throttled`, and `overloaded`.
 */
export const verifyPasswordLogin = async (
  throttle: LoginThrottle,
  users: UserTable,
  password: SecretValue,
  source: LoginSource & { readonly username: string },
): Promise<Principal | undefined> => {
  const { username } = source;
  const pair = users.pairMac(username, password);
  const remembered = users.remembered(pair);
  if (remembered !== undefined) return remembered;
  const running = users.running(pair);
  if (running !== undefined) {
    const principal = await running;
    if (principal === undefined) throttle.failed(source);
    return principal;
  }
  throttle.check(source);
  throttle.expect(source);
  let wrong = false;
  try {
    const principal = await users.verify(pair, username, password);
    wrong = principal === undefined;
    return principal;
  } finally {
    if (wrong) throttle.confirm(source);
    else throttle.forgive(source);
  }
};
