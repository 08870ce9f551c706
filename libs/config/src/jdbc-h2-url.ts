import { SecretValue } from '@coffer/secrets';
import { refuseUrl } from './jdbc-refusal.js';
import type { H2JdbcUrl } from './jdbc-url.js';

const WAY_OUT =
  'give the database file as jdbc:h2:file:PATH (Coffer starts a server on it), or use PostgreSQL or MySQL; H2 can copy ' +
  'a database with SCRIPT TO and RUNSCRIPT FROM';

/** What stands behind `jdbc:h2:`. Only database files can be served; each other mode is refused with the reason. */
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
  const path = location.replace(/^file:/i, '');
  if (path === '') throw refuseUrl('names no database file: it must be jdbc:h2:file:PATH');

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
    dialect: 'h2',
    mode: 'file',
    path,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: new SecretValue(password) }),
    params: Object.fromEntries(params),
  };
};
