import { SecretValue } from '@coffer/secrets';
import { refuseUrl } from './jdbc-refusal.js';
import type { H2JdbcUrl, H2ServerUrl } from './jdbc-address.js';

const WAY_OUT =
  'give the database file as jdbc:h2:file:PATH (Coffer starts a server on it), start the H2 server with -pg and name it as ' +
  'jdbc:h2:pg://HOST:PORT/DATABASE, or use PostgreSQL or MySQL; H2 can copy a database with SCRIPT TO and RUNSCRIPT FROM';

/** Of H2's server for the PostgreSQL protocol. */
const PG_PORT = 5435;

/** What stands behind `jdbc:h2:`: a database file or a server with `-pg`; each other mode is refused with the reason. */
export const parseH2Url = (rest: string): H2JdbcUrl => {
  const [location = '', ...settings] = rest.split(';');
  if (/^(tcp|ssl):/i.test(location)) {
    throw refuseUrl(`names an H2 server, whose protocol no Node client speaks: ${WAY_OUT}`);
  }
  if (/^mem:/i.test(location)) {
    throw refuseUrl(`names a database in memory, which loses every secret when the process ends: ${WAY_OUT}`);
  }
  if (/^(zip|nio\w*|split|retry|async|classpath):/i.test(location)) {
    throw refuseUrl(`names an H2 file system that Coffer does not serve: ${WAY_OUT}`);
  }
  if (/^pg:/i.test(location)) return { ...serverOf(location), ...settingsOf(settings) };
  const path = location.replace(/^file:/i, '');
  if (path === '') throw refuseUrl('names no database file: it must be jdbc:h2:file:PATH');
  return { dialect: 'h2', mode: 'file', path, ...settingsOf(settings) };
};

const serverOf = (location: string): Pick<H2ServerUrl, 'dialect' | 'mode' | 'host' | 'port' | 'database'> => {
  const [, host, port = PG_PORT, database] =
    /^pg:\/\/([^/:]+|\[[^\]]+\])(?::(\d{1,5}))?\/([^/?]+)$/i.exec(location) ?? [];
  if (host === undefined || database === undefined) throw refuseUrl('must be jdbc:h2:pg://HOST:PORT/DATABASE');
  return { dialect: 'h2', mode: 'server', host, port: Number(port), database };
};

/** What follows the first semicolon. */
const settingsOf = (settings: readonly string[]): Pick<H2JdbcUrl, 'username' | 'password' | 'params'> => {
  const params = new Map<string, string>();
  for (const setting of settings.filter((part) => part !== '')) {
    const equals = setting.indexOf('=');
    if (equals < 1) throw refuseUrl('has a setting that is not NAME=VALUE');
    params.set(setting.slice(0, equals).toUpperCase(), setting.slice(equals + 1));
  }
  if (params.has('CIPHER'))
    throw refuseUrl('asks for an encrypted H2 file, which Coffer does not serve: it seals itself');
  const username = params.get('USER');
  const password = params.get('PASSWORD');
  params.delete('USER');
  params.delete('PASSWORD');
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: new SecretValue(password) }),
    params: Object.fromEntries(params),
  };
};
