import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { obtainJavaAmong } from './java.ts';
import { cacheFolder } from './places.ts';
import { run, which } from './processes.ts';
import type { Server } from './lifecycle.ts';

const URL_VARIABLE = 'COFFER_TEST_KEYCLOAK_URL';
const PASSWORD = 'COFFER_TEST_KEYCLOAK_PASSWORD';
const VERSION = '26.7.3';
/** Releases of Java that Keycloak runs on; the first is fetched where this machine has none of them. */
const JAVA = [21, 25, 17] as const;
const REQUEST_MS = 10_000;

const folder = () => join(cacheFolder(), `keycloak-${VERSION}`);

/** What is decided when the server is built, so that it starts in a quarter of the time. */
const BUILD = ['build', '--db=dev-mem'];
/** Alone: otherwise it listens for others of its cluster, at every address. */
const ALONE = '--cache=local';
const SMALL = ['-Xms64m', '-Xmx400m', '-XX:MaxMetaspaceSize=256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const OPENED = [
  ...['java.util', 'java.util.concurrent', 'java.security', 'java.lang'].map(
    (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
  ),
  '--enable-native-access=ALL-UNNAMED',
];

/** As its own script starts it. `home`: the folder of the distribution. */
const java = (home: string, ...rest: readonly string[]): string[] => [
  ...[...SMALL, ...OPENED, `-Dkc.home.dir=${home}`, `-Djboss.server.config.dir=${join(home, 'conf')}`],
  ...['-Djava.util.logging.manager=org.jboss.logmanager.LogManager', '-Dpicocli.disable.closures=true'],
  ...['-cp', join(home, 'lib', 'quarkus-run.jar'), 'io.quarkus.bootstrap.runner.QuarkusEntryPoint', ...rest],
];

/**
 * Keycloak over HTTP with its database in memory. Its administrator is `admin`, by whom realms are made; a realm is at
 * `realms/NAME` below the address.
 */
export const keycloak: Server = {
  name: 'keycloak',
  slow: true,
  readyMs: 300_000,
  variables: [URL_VARIABLE, PASSWORD],
  fromEnvironment: (env) => {
    const [address, password] = [env[URL_VARIABLE], env[PASSWORD]];
    if (address && !password) throw new Error(`${URL_VARIABLE} is set and ${PASSWORD} is not`);
    return address && password ? { [URL_VARIABLE]: address, [PASSWORD]: password } : undefined;
  },
  address: (port, password) => ({ [URL_VARIABLE]: `http://127.0.0.1:${port}`, [PASSWORD]: password }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    const answer = await fetch(`${address[URL_VARIABLE]}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'password', client_id: 'admin-cli', username: 'admin' },
        password: address[PASSWORD] ?? '',
      }),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
  },

  native: {
    accounts: [],
    packages: 'maven and a Java from 17 on (Keycloak itself comes from Maven Central)',

    available() {
      return existsSync(folder()) ? { version: `Keycloak ${VERSION}` } : undefined;
    },

    async install(log, signal) {
      if (!which('mvn')) {
        if (!canInstall()) throw new Error('maven is not installed here');
        await installPackages([['maven']], log);
      }
      const program = await obtainJavaAmong(JAVA, log);
      log(`fetching Keycloak ${VERSION} with Maven, about 180 MB, into ${folder()}`);
      const draft = `${folder()}.${process.pid}`;
      const artifact = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
      mkdirSync(draft, { recursive: true });
      try {
        await run('mvn', ['-B', '-q', 'dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${draft}`], {
          // Where it notes what it has unpacked, and would not do so again.
          ...{ env: process.env, cwd: draft, signal },
        });
        const home = join(draft, `keycloak-${VERSION}`);
        await run(program, java(home, ...BUILD), { env: process.env, cwd: home, signal });
        // Whoever else fetched it meanwhile has the same one.
        if (!existsSync(folder())) renameSync(home, folder());
      } finally {
        rmSync(draft, { recursive: true, force: true });
      }
    },

    async start(dir, port, { password, as }) {
      const home = join(dir, 'keycloak');
      cpSync(folder(), home, { recursive: true });
      // All else there is the caller's, and what it cannot write it tries for half a minute.
      const data = join(dir, 'data');
      await as('mkdir', [data]);
      rmSync(join(home, 'data'), { recursive: true, force: true });
      symlinkSync(data, join(home, 'data'));
      const program = await obtainJavaAmong(JAVA, () => undefined);
      const account = ['KC_BOOTSTRAP_ADMIN_USERNAME=admin', `KC_BOOTSTRAP_ADMIN_PASSWORD=${password}`];
      const listen = ['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`, '--hostname-strict=false'];
      // By a variable, because a command line can be read by everybody on the machine.
      return {
        command: 'env',
        args: [
          ...account,
          `JAVA_HOME=${dirname(dirname(program))}`,
          program,
          ...java(home, 'start', '--optimized', ALONE, ...listen),
        ],
      };
    },
  },
};
