import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { cacheFolder } from './places.ts';
import { run, which } from './processes.ts';
import type { Server } from './lifecycle.ts';

const VARIABLE = 'COFFER_TEST_ELASTICSEARCH_URL';
const VERSION = '8.19.21';
const here = join(import.meta.dirname, 'elasticsearch');

/** Changes with the classes that start the node, so that a cached build is never an old one. */
const fingerprint = () => {
  const hash = createHash('sha256');
  for (const file of readdirSync(here, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.(java|xml)$/.test(file)) hash.update(`${file}\0`).update(readFileSync(join(here, file)));
  }
  return hash.digest('hex').slice(0, 12);
};
const made = () => join(cacheFolder(), `elasticsearch-${VERSION}-${fingerprint()}`);

const REQUEST_MS = 2_000;

export const elasticsearch: Server = {
  name: 'elasticsearch',
  variables: [VARIABLE],
  fromEnvironment: (env) => (env[VARIABLE] ? { [VARIABLE]: env[VARIABLE] } : undefined),
  address: (port) => ({ [VARIABLE]: `http://127.0.0.1:${port}` }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    const url = new URL(address[VARIABLE] ?? '');
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const headers = url.username ? { authorization: `Basic ${Buffer.from(user).toString('base64')}` } : {};
    const health = new URL('/_cluster/health?wait_for_status=yellow&timeout=1s', url);
    health.username = health.password = '';
    const response = await fetch(health, { headers, signal: AbortSignal.timeout(REQUEST_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
  },

  docker: {
    image: `elasticsearch:${VERSION}`,
    port: 9200,
    args: [],
    environment: () => ({
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      'cluster.routing.allocation.disk.threshold_enabled': 'false',
      ES_JAVA_OPTS: '-Xms256m -Xmx512m',
    }),
  },

  native: {
    accounts: [],
    packages: 'default-jdk-headless and maven (the node itself comes from Maven Central)',

    available() {
      return which('java') && existsSync(made()) ? { version: `Elasticsearch ${VERSION}` } : undefined;
    },

    async install(log) {
      const wanted = [...(which('javac') ? [] : ['default-jdk-headless']), ...(which('mvn') ? [] : ['maven'])];
      const lacking = existsSync(made()) ? (which('java') ? [] : ['default-jre-headless']) : wanted;
      if (lacking.length > 0) {
        if (!canInstall()) throw new Error(`${lacking.join(' and ')} is not installed here`);
        await installPackages([lacking], log);
      }
      const folder = made();
      if (existsSync(folder)) return;
      log(`fetching the jars of Elasticsearch ${VERSION} with Maven, about 41 MB, into ${folder}`);
      const draft = `${folder}.${process.pid}`;
      try {
        await run('mvn', ['-B', '-q', '-f', join(here, 'pom.xml'), `-Dmade=${draft}`, 'process-classes'], {
          env: process.env,
        });
        // Whoever else made it meanwhile has the same one.
        if (!existsSync(folder)) renameSync(draft, folder);
      } finally {
        rmSync(draft, { recursive: true, force: true });
      }
    },

    async start(dir, port) {
      for (const part of ['lib', 'classes']) cpSync(join(made(), part), join(dir, part), { recursive: true });
      const small = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
      const classes = ['-cp', `${join(dir, 'classes')}:${join(dir, 'lib', '*')}`];
      return { command: 'java', args: [...small, ...classes, 'coffer.testserver.Main', join(dir, 'node'), `${port}`] };
    },
  },
};
