import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Datasource, Environment, H2JdbcUrl } from '@coffer/config';
import { CofferError, SecretValue } from '@coffer/secrets';
import type { JdbcConnection } from './connection.js';

const JAR = 'H2_JAR';
/** What JDBC takes for the user of a URL that names none, in H2's own tools. */
const USER = 'sa';

const lacking = (what: string): CofferError =>
  new CofferError(
    'configuration',
    `jdbc:h2: needs ${what}: Coffer starts H2's own server on the file. Install Java 11 or newer (on Debian ` +
      `default-jre-headless), fetch H2 from Maven Central (mvn dependency:copy ` +
      `-Dartifact=com.h2database:h2:2.5.252 -DoutputDirectory=DIRECTORY) and name the jar by the variable ${JAR}`,
  );

/** Throws `configuration` for a file without Java or the jar, and says how to get them. */
export const h2ConnectionOf = (
  url: H2JdbcUrl,
  { username, password }: Pick<Datasource, 'username' | 'password'>,
  env: Environment = process.env,
): JdbcConnection => {
  const login = {
    username: username ?? url.username ?? USER,
    password: password ?? url.password ?? new SecretValue(''),
  };
  if (url.mode === 'server') {
    return { dialect: 'h2', host: url.host, port: url.port, database: url.database, ...login, tls: 'disabled' };
  }
  const folders = (env['PATH'] ?? '').split(delimiter);
  const home = env['JAVA_HOME'];
  const candidates = [...(home === undefined || home === '' ? [] : [join(home, 'bin')]), ...folders];
  const java = candidates.map((folder) => join(folder, 'java')).find((program) => existsSync(program));
  if (java === undefined) throw lacking('Java, and there is none in JAVA_HOME or PATH');
  const jar = env[JAR];
  if (jar === undefined || jar === '') throw lacking(`the jar of H2, and ${JAR} is not set`);
  if (!existsSync(jar)) throw lacking(`the jar of H2, and ${JAR} names no file`);
  const path = url.path.startsWith('~/') ? join(homedir(), url.path.slice(2)) : url.path;
  return {
    dialect: 'h2-file',
    file: resolve(path),
    ...login,
    java,
    jar: resolve(jar),
  };
};
