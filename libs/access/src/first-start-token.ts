import type { Credentials } from './credentials.js';

/** In the data folder: holds the first-start token, for its owner alone. */
export const FIRST_TOKEN_FILE = 'first-start-token';
/** In the data folder: that the first-start token was revoked. What the file holds does not matter. */
export const FIRST_TOKEN_REVOKED_FILE = 'first-start-token.revoked';

/**
 * Who administers every namespace of a tenant, by the names that audit rows show. Where there is anybody, the first-start
 * token is not needed and does not count.
 */
export const administratorsOf = ({ tokens, users }: Credentials): string[] =>
  [
    ...tokens.map(({ id, grants }) => ({ name: `token:${id}`, grants })),
    ...users.map(({ username, grants }) => ({ name: `user:${username}`, grants })),
  ]
    .filter(({ grants }) =>
      grants.some(({ namespace, permissions }) => namespace === '*' && permissions.includes('admin')),
    )
    .map(({ name }) => name);
