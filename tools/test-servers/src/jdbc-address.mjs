const VARIABLE = 'COFFER_TEST_JDBC_URL';

const KINDS = ['postgresql', 'mysql', 'mariadb'];

/** @param {string} kind such as `mariadb` */
export const jdbcExample = (kind) => `jdbc:${kind}://HOST:PORT/DATABASE?user=USER&password=PASSWORD`;

/**
 * What `COFFER_TEST_JDBC_URL` names, with the user and the password of its parameters in front of the host, as the
 * clients of Node take it.
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} schemes such as `mysql`, the first of which the address is given
 * @returns {string | undefined} nothing where the variable is not set, or names a server of another kind
 */
export function jdbcAddress(env, schemes) {
  const text = env[VARIABLE];
  if (!text) return undefined;
  const rest = /^jdbc:([a-z0-9]+):(\/\/.+)$/.exec(text);
  if (!rest || !KINDS.includes(rest[1]))
    throw new Error(`${VARIABLE} is not of the form ${jdbcExample(`{${KINDS.join(',')}}`)}`);
  if (!schemes.includes(rest[1])) return undefined;
  const given = new URL(`http:${rest[2]}`);
  const user = encodeURIComponent(given.searchParams.get('user') ?? decodeURIComponent(given.username));
  const password = encodeURIComponent(given.searchParams.get('password') ?? decodeURIComponent(given.password));
  return `${schemes[0]}://${user}:${password}@${given.host}${given.pathname}`;
}
