import { join } from 'node:path';
import { parse } from 'yaml';
import { removeFolder, scratchFolder, startCoffer, testStore, type Coffer } from '../../harness/index.js';
import type { BareDatabase } from '../subjects/bare-database.js';
import { startBareHttp } from '../subjects/bare-http.js';
import { openBarePostgresql } from './bare-postgresql.js';
import { openBareSqlite } from './bare-sqlite.js';
import { CofferCalls, LANES } from '../subjects/coffer-calls.js';
import { HttpConnection, requestBytes } from '../../harness/http-connection.js';

export interface Pair {
  readonly coffer: CofferCalls;
  readonly bare: BareDatabase;
}

/** Everything that is measured, running. */
export interface Subjects {
  readonly embedded: Pair;
  readonly postgresql: Pair;
  /** One request to a bare server that answers a read's bytes. */
  readonly bareHttp: (lane: number) => Promise<void>;
}

type Cleanup = () => void | Promise<void>;

interface PostgresqlSource {
  readonly datasources: {
    readonly postgres: { readonly url: string; readonly username: string; readonly password: string };
  };
}

/** What Coffer is configured to connect to, for the bare driver. */
const connectionOf = (config: string) => {
  const { url, username, password } = (parse(config) as PostgresqlSource).datasources.postgres;
  const { hostname, port, pathname } = new URL(url.replace(/^jdbc:/, ''));
  return { host: hostname, port: Number(port), database: pathname.slice(1), user: username, password };
};

const bareRequests = async (calls: CofferCalls, cleanups: Cleanup[]): Promise<Subjects['bareHttp']> => {
  const server = await startBareHttp(await calls.answer());
  cleanups.push(() => server.close());
  const connections = await Promise.all(Array.from({ length: LANES }, () => HttpConnection.open(server.port)));
  cleanups.push(() => connections.forEach((connection) => connection.close()));
  const request = requestBytes('GET', '/', { token: 'x'.repeat(56) });
  return async (lane) => {
    await (connections[lane] as HttpConnection).send(request);
  };
};

/**
 * Starts both Coffers, a bare server and the bare drivers, and lets them go after `use`. With a folder for profiles each
 * Coffer leaves a CPU profile there.
 */
export const withSubjects = async <T>(
  profiles: string | undefined,
  use: (subjects: Subjects) => Promise<T>,
): Promise<T> => {
  const cleanups: Cleanup[] = [];
  const start = async (name: string, config?: string): Promise<Coffer> => {
    const profile = `--cpu-prof --cpu-prof-dir=${profiles} --cpu-prof-name=${name}.cpuprofile`;
    const coffer = await startCoffer({
      ...(config === undefined ? {} : { config }),
      ...(profiles === undefined ? {} : { env: { NODE_OPTIONS: profile } }),
    });
    cleanups.push(() => coffer.stop());
    return coffer;
  };
  const open = async (coffer: Coffer): Promise<CofferCalls> => {
    const calls = await CofferCalls.open(coffer, LANES);
    cleanups.push(() => calls.close());
    return calls;
  };
  try {
    const scratch = scratchFolder();
    cleanups.push(() => removeFolder(scratch));
    const first = await start('embedded');
    const embedded = await open(first);
    const sqlite = openBareSqlite(join(first.dataFolder, 'secrets.db'), scratch);
    cleanups.push(() => sqlite.close());

    const store = await testStore('postgresql');
    cleanups.push(() => store.drop());
    const config = store.config() ?? '';
    const postgresql = await open(await start('postgresql', config));
    const pg = await openBarePostgresql(connectionOf(config), LANES);
    cleanups.push(() => pg.close());

    return await use({
      embedded: { coffer: embedded, bare: sqlite },
      postgresql: { coffer: postgresql, bare: pg },
      bareHttp: await bareRequests(embedded, cleanups),
    });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
};
