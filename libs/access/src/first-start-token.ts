import type { Credentials } from './credentials.js';

/** The file in the data folder that holds the first-start token, readable by its owner alone. */
export const FIRST_TOKEN_FILE = 'first-start-token';
/** The file in the data folder whose existence says that the first-start token was revoked. */
export const FIRST_TOKEN_REVOKED_FILE = 'first-start-token.revoked';

/**
 * Who administers every namespace of a tenant, by the names that audit rows show. Where there is anybody, the first-start
 * token is not needed and does not count.
 */
export const administratorsOf = (credentials: Credentials): string[] => {
  const { tokens, users, roles = [], issuers = [], certificates = [] } = credentials;
  const named = [
    ...tokens.map(({ id, grants }) => ({ name: `token:${id}`, grants })),
    ...users.map(({ username, grants }) => ({ name: `user:${username}`, grants })),
    ...roles.filter(({ secretIds }) => secretIds.length > 0).map(({ id, grants }) => ({ name: `role:${id}`, grants })),
  ];
  const bound = [
    ...issuers.map(({ id, bindings }) => ({ name: `issuer:${id}`, bindings })),
    ...certificates.map(({ id, bindings }) => ({ name: `certificate:${id}`, bindings })),
  ].map(({ name, bindings }) => ({
    name,
    grants: bindings.flatMap(({ grants }) => grants.map((grant) => ({ ...grant, namespace: grant.namespace.text }))),
  }));
  return [...named, ...bound]
    .filter(({ grants }) =>
      grants.some(({ namespace, permissions }) => namespace === '*' && permissions.includes('admin')),
    )
    .map(({ name }) => name);
};
