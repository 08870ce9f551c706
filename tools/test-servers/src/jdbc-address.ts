const VARIABLE = 'COFFER_TEST_JDBC_URL';

const KINDS = ['postgresql', 'mysql', 'mariadb'];

/** `kind`: such as `mariadb`. */
export const jdbcExample = (kind: string) => `jdbc:${kind}://HOST:PORT/DATABASE?user=USER&password=PASSWORD`;

/**
 * What `COFFER_TEST_JDBC_URL` names, with the user and the password of its parameters in front of the host, as the
 * clients of Node take it.
 * `schemes`: such as `mysql`, the first of which the address is given. Returns nothing where the variable is not set, or names a server of another kind.
 */
export function jdbcAddress(env: NodeJS.ProcessEnv, schemes: string[]): string | undefined {
  const text = env[VARIABLE];
  if (!text) return undefined;
  const [, kind = '', rest = ''] = /^jdbc:([a-z0-9]+):(\/\/.+)$/.exec(text) ?? [];
  if (!KINDS.includes(kind)) throw new Error(`${VARIABLE} is not of the form ${jdbcExample(`{${KINDS.join(',')}}`)}`);
  if (!schemes.includes(kind)) return undefined;
  const given = new URL(`http:${rest}`);
  const user = encodeURIComponent(given.searchParams.get('user') ?? decodeURIComponent(given.username));
  const password = encodeURIComponent(given.searchParams.get('password') ?? decodeURIComponent(given.password));
  return `${schemes[0]}://${user}:${password}@${given.host}${given.pathname}`;
}
