import { SecretValue } from '@coffer/secrets';
import { readHostAndPort } from './address/address.js';
import { decode, JdbcParameters } from './jdbc-parameters.js';
import { unusedParameters } from './jdbc-refused-parameters.js';
import { takeSchema } from './jdbc-schema.js';
import { takeTls } from './jdbc-tls.js';
import { refuseUrl } from './jdbc-refusal.js';
import type { NetworkJdbcUrl } from './jdbc-address.js';

type Dialect = NetworkJdbcUrl['dialect'];

const PORTS: Readonly<Record<Dialect, number>> = { postgresql: 5432, mysql: 3306, mariadb: 3306 };

/** `//USER:PASSWORD@` as MySQL's driver reads it. */
const readUser = (userInfo: string): Pick<NetworkJdbcUrl, 'username' | 'password'> => {
  if (userInfo === '') return {};
  const colon = userInfo.indexOf(':');
  if (colon < 0) return { username: decode(userInfo) };
  return {
    username: decode(userInfo.slice(0, colon)),
    password: new SecretValue(decode(userInfo.slice(colon + 1))),
  };
};

const readServer = (dialect: Dialect, server: string): { host: string; port: number } => {
  if (server.includes(',')) throw refuseUrl('names several servers: name one, or a proxy in front of them');
  if (/[\s=()]/.test(server)) throw refuseUrl(`must name one server as jdbc:${dialect}://HOST:PORT/DATABASE`);
  const { host, port = PORTS[dialect] } = readHostAndPort(server.replace(/^(?=:\d*$|$)/, 'localhost'));
  return { host, port };
};

/** What stands behind `jdbc:postgresql:`, `jdbc:mysql:` or `jdbc:mariadb:`. */
export const parseNetworkUrl = (dialect: Dialect, rest: string): NetworkJdbcUrl => {
  const [address = '', ...queries] = rest.split('?');
  const local = dialect === 'postgresql' && !address.startsWith('/') ? `///${address}` : address;
  if (!local.startsWith('//')) {
    throw refuseUrl(`must name one server as jdbc:${dialect}://HOST:PORT/DATABASE, without a mode of the driver's own`);
  }
  const slash = local.indexOf('/', 2);
  const database = slash < 0 ? '' : decode(local.slice(slash + 1));
  if (slash >= 0 && local.includes('@', slash)) {
    throw refuseUrl('has an @ behind its host; in a user name or password write / as %2F, ? as %3F and @ as %40');
  }
  if (/[;&]/.test(local.slice(slash + 1))) {
    throw refuseUrl(
      'has a ; or & behind its database: parameters begin with ?, and in a name write ; as %3B and & as %26',
    );
  }
  if (database === '' || database.includes('/')) {
    throw refuseUrl(`must name one database after the server: jdbc:${dialect}://HOST:PORT/DATABASE`);
  }
  const authority = local.slice(2, slash);
  const at = authority.lastIndexOf('@');
  const parameters = new JdbcParameters(queries.join('?'));
  const user = readUser(authority.slice(0, Math.max(at, 0)));
  const username = parameters.take('user') ?? user.username;
  const given = parameters.take('password') ?? (dialect === 'mysql' ? parameters.take('password1') : undefined);
  const password = given === undefined ? user.password : new SecretValue(given);
  const tls = takeTls(dialect, parameters);
  const schema = dialect === 'postgresql' ? takeSchema(parameters) : undefined;
  return {
    dialect,
    ...readServer(dialect, authority.slice(at + 1)),
    database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    tls,
    ...(schema === undefined ? {} : { schema }),
    unused: unusedParameters(dialect, parameters),
  };
};
