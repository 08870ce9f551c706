import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { cacheFolder } from './places.ts';
import { run, which } from './processes.ts';
import type { Server } from './lifecycle.ts';

const VARIABLE = 'COFFER_TEST_H2_URL';
/** For tests of the server that Coffer starts by itself. */
const JAR = 'COFFER_TEST_H2_JAR';
const VERSION = '2.5.252';

const folder = () => join(cacheFolder(), `h2-${VERSION}`);
const jar = () => join(folder(), `h2-${VERSION}.jar`);

export const h2: Server = {
  name: 'h2',
  variables: [VARIABLE],
  fromEnvironment: (env) =>
    env[VARIABLE] ? { [VARIABLE]: env[VARIABLE], ...(env[JAR] ? { [JAR]: env[JAR] } : {}) } : undefined,
  address: (port, password) => ({ [VARIABLE]: `h2://coffer:${password}@127.0.0.1:${port}/coffer`, [JAR]: jar() }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    const { default: pg } = await import('pg');
    const url = new URL(address[VARIABLE] ?? '');
    const [user, password] = [url.username, url.password].map(decodeURIComponent);
    const client = new pg.Client({
      host: url.hostname,
      port: Number(url.port),
      database: url.pathname.slice(1),
      user,
      password,
      connectionTimeoutMillis: 5_000,
    });
    try {
      await client.connect();
      await client.query('SELECT 1');
    } finally {
      await client.end().catch(() => undefined);
    }
  },

  native: {
    accounts: [],
    packages: 'default-jre-headless and maven (H2 itself comes from Maven Central)',

    available() {
      return which('java') && existsSync(jar()) ? { version: `H2 ${VERSION}` } : undefined;
    },

    async install(log) {
      const lacking = [
        ...(which('java') ? [] : ['default-jre-headless']),
        ...(which('mvn') || existsSync(jar()) ? [] : ['maven']),
      ];
      if (lacking.length > 0) {
        if (!canInstall()) throw new Error(`${lacking.join(' and ')} is not installed here`);
        await installPackages([lacking], log);
      }
      if (existsSync(jar())) return;
      log(`fetching the jar of H2 ${VERSION} with Maven, about 3 MB, into ${folder()}`);
      const draft = `${folder()}.${process.pid}`;
      try {
        await run(
          'mvn',
          ['-B', '-q', 'dependency:copy', `-Dartifact=com.h2database:h2:${VERSION}`, `-DoutputDirectory=${draft}`],
          { env: process.env, cwd: cacheFolder() },
        );
        // Whoever else fetched it meanwhile has the same one.
        if (!existsSync(folder())) renameSync(draft, folder());
      } finally {
        rmSync(draft, { recursive: true, force: true });
      }
    },

    async start(dir, port, { password, as, place }) {
      const own = join(dir, 'h2.jar');
      cpSync(jar(), own);
      const small = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m'];
      const java = (...tool: string[]) => [...small, '-Dh2.bindAddress=127.0.0.1', '-cp', own, ...tool];
      // With -ifNotExists any process of this machine could make a database, and run commands as its administrator. H2's
      // shell asks for address, driver, user and password, and for a database that is new for the password again.
      const database = join(dir, 'data', 'coffer');
      const answers = [`jdbc:h2:file:${database}`, '', 'coffer', password, password, 'quit', ''];
      const typed = await place('answers', answers.join('\n'));
      const shell = 'umask 077; mkdir "$0"; typed="$1"; shift; exec "$@" < "$typed"';
      await as('sh', ['-c', shell, join(dir, 'data'), typed, 'java', ...java('org.h2.tools.Shell')]);
      if (!existsSync(`${database}.mv.db`)) throw new Error('H2 did not make its database');
      const serve = ['org.h2.tools.Server', '-pg', '-pgPort', `${port}`, '-baseDir', join(dir, 'data')];
      return { command: 'java', args: java(...serve) };
    },
  },
};
