import { SecretValue } from '@coffer/secrets';
import { readHostAndPort } from './address/address.js';
import { refuseUrl } from './jdbc-refusal.js';
import type { H2JdbcUrl, H2ServerUrl } from './jdbc-address.js';

const WAY_OUT =
  'give the database file as jdbc:h2:file:PATH (Coffer starts a server on it), start the H2 server with -pg and name it as ' +
  'jdbc:h2:pg://HOST:PORT/DATABASE, or use PostgreSQL or MySQL; H2 can copy a database with SCRIPT TO and RUNSCRIPT FROM';

/** Settings that decide where the secrets lie, as whom they are reached, or who else may reach them. */
const REFUSED: ReadonlySet<string> = new Set([
  ...['INIT', 'SCHEMA', 'SCHEMA_SEARCH_PATH', 'ACCESS_MODE_DATA', 'AUTO_SERVER', 'AUTO_SERVER_PORT'],
  ...['AUTHENTICATOR', 'AUTHREALM', 'AUTHZPWD', 'PASSWORD_HASH', 'DATABASE_EVENT_LISTENER', 'FORBID_CREATION'],
]);

/** Words of settings that ask for protection: H2's server for the PostgreSQL protocol speaks in clear alone. */
const ABOUT_SAFETY = /SSL|TLS|CERT|TRUST|ENCRYPT/;

/** Tuning, which is shown by its name in a warning; another name may be a part of a password with a semicolon. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['MODE', 'DB_CLOSE_DELAY', 'DB_CLOSE_ON_EXIT', 'LOCK_TIMEOUT', 'DEFAULT_LOCK_TIMEOUT', 'TIME ZONE', 'IFEXISTS'],
  ...['WRITE_DELAY', 'CACHE_SIZE', 'TRACE_LEVEL_FILE', 'TRACE_LEVEL_SYSTEM_OUT', 'DATABASE_TO_UPPER', 'FILE_LOCK'],
  ...['DATABASE_TO_LOWER', 'CASE_INSENSITIVE_IDENTIFIERS', 'NON_KEYWORDS', 'DEFAULT_NULL_ORDERING', 'COMPRESS'],
]);

/** The default port of H2's server for the PostgreSQL protocol. */
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
  if (/^$|[/\\]$|^~$|(^|[/\\])\.{1,2}$/.test(path)) {
    throw refuseUrl('names no database file: it must be jdbc:h2:file:PATH');
  }
  if (/["?*]|&\w+=/.test(path)) {
    throw refuseUrl(
      'has ", ? or & in the name of its file: settings begin with a semicolon, as in jdbc:h2:file:PATH;USER=sa',
    );
  }
  if (/\.(mv|h2)\.db$/i.test(path)) throw refuseUrl('ends in .mv.db, which H2 itself adds: leave it out');
  return { dialect: 'h2', mode: 'file', path, ...settingsOf(settings) };
};

const serverOf = (location: string): Pick<H2ServerUrl, 'dialect' | 'mode' | 'host' | 'port' | 'database'> => {
  const [, server = '', database = ''] = /^pg:\/\/([^/@?#]+)\/([^/?#@]+)$/i.exec(location) ?? [];
  if (database === '') throw refuseUrl('must be jdbc:h2:pg://HOST:PORT/DATABASE');
  const { host, port = PG_PORT } = readHostAndPort(server);
  return { dialect: 'h2', mode: 'server', host, port, database };
};

/** What follows the first semicolon. */
const settingsOf = (settings: readonly string[]): Pick<H2JdbcUrl, 'username' | 'password' | 'unused'> => {
  const params = new Map<string, string>();
  for (const setting of settings.filter((part) => part.trim() !== '')) {
    const equals = setting.indexOf('=');
    const name = setting.slice(0, Math.max(equals, 0)).trim().toUpperCase();
    if (name === '') throw refuseUrl('has a setting that is not NAME=VALUE');
    params.set(name, setting.slice(equals + 1));
  }
  const refused = [...params].find(([name, value]) => REFUSED.has(name) && !/^(?:false|no|off)$/i.test(value));
  if (refused !== undefined) throw refuseUrl(`has ${refused[0]}, a setting of H2 that Coffer does not serve`);
  if (params.has('CIPHER'))
    throw refuseUrl('asks for an encrypted H2 file, which Coffer does not serve: it seals itself');
  if ([...params].some(([name, value]) => ABOUT_SAFETY.test(name) && !/^(?:false|no|off|disable)$/i.test(value))) {
    throw refuseUrl('asks for TLS, which the PostgreSQL protocol of H2 has not: use a tunnel, or PostgreSQL itself');
  }
  const username = params.get('USER');
  const password = params.get('PASSWORD');
  params.delete('USER');
  params.delete('PASSWORD');
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: new SecretValue(password) }),
    unused: [...params.keys()].map((name) => (KNOWN.has(name) ? name : 'one of an unknown name')),
  };
};
