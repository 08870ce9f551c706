import { property } from '../harness/property.js';
import { parse } from 'yaml';
import { testStore, type StoreName, type TestStore } from '../harness/index.js';
import { combine, printError, show, type Outcome } from '../harness/outcome.js';
import { mariadbServer, postgresqlServer } from './leak-scan/databases.js';
import { piecesOf } from '../leak-scan/files.js';
import { LeakReport, type Kind } from '../leak-scan/leak-report.js';
import { MarkerTexts } from '../leak-scan/marker-texts.js';
import { crashes } from './leak-scan/crashes.js';
import { Lifetime, type Level } from './leak-scan/lifetime.js';
import type { Marker } from '../leak-scan/index.js';

interface LeakScanOptions {
  readonly store: readonly StoreName[];
  readonly level: readonly Level[];
  /** The stores, and the processes that crash, at the same time. */
  readonly together: boolean;
}

const SERVERS = { postgresql: postgresqlServer, mariadb: mariadbServer };

/** What Coffer itself shows or stores in clear. */
const SHOWN: readonly Kind[] = ['answers', 'audit', 'standard output', 'standard error'];

interface StoreSettings {
  readonly kestra: { readonly secret: { readonly jdbc: { readonly secret: string } } };
  readonly datasources: Record<string, { readonly url: string; readonly password: string }>;
}

interface Subject {
  readonly markers: readonly Marker[];
  /** On the server; `undefined` for the embedded one. */
  readonly database: string | undefined;
}

const subjectOf = (store: TestStore): Subject => {
  const config = store.config();
  if (config === undefined) return { markers: [], database: undefined };
  const { kestra, datasources } = parse(config) as StoreSettings;
  const [source] = Object.values(datasources);
  return {
    markers: [
      { name: 'secret of the store', text: kestra.secret.jdbc.secret },
      { name: 'password of the database', text: source?.password ?? '' },
    ],
    database: source?.url.split('/').at(-1),
  };
};

/** The database behind Coffer's back. The server's own files may hold what its administrator told it, but no value. */
const scanServer = async (
  name: keyof typeof SERVERS,
  database: string,
  markers: readonly Marker[],
  report: LeakReport,
  since: number,
): Promise<number> => {
  const server = await SERVERS[name]();
  try {
    for (const [table, columns] of await server.rows(database)) {
      report.scan('rows of the database', `${name}: ${table}`, markers, columns);
    }
    const files = await server.files(since);
    for (const file of files) {
      report.scan('files and log of the database server', `${name}: ${file}`, markers, piecesOf(file));
    }
    return files.length;
  } finally {
    await server.close();
  }
};

/** Everything that the lives of one run have in common. */
class Lives {
  readonly texts = new MarkerTexts();
  readonly report = new LeakReport(this.texts);
  readonly problems: string[] = [];
  readonly statuses = new Map<number, number>();
  readonly seen = new Set<Kind>(SHOWN);

  /** On a database of its own: a new data folder must not meet the fences of another one. */
  async live(name: StoreName, level: Level): Promise<void> {
    const { texts, report, seen } = this;
    const since = Date.now();
    const store = await testStore(name);
    try {
      const { markers, database } = subjectOf(store);
      const lifetime = new Lifetime({ store, level, texts, report, storeMarkers: markers });
      await lifetime.live();
      this.problems.push(...lifetime.problems.map((problem) => `${name}, ${level}: ${problem}`));
      for (const [status, number] of lifetime.statuses)
        this.statuses.set(status, (this.statuses.get(status) ?? 0) + number);
      if (name === 'embedded') seen.add('data folder');
      if (name !== 'embedded' && database !== undefined) {
        const given = [
          { name: 'value', text: texts.value },
          { name: 'password or token', text: texts.credential },
        ];
        const files = await scanServer(name, database, [...given, ...markers.slice(0, 1)], report, since);
        seen.add('rows of the database');
        if (files > 0) seen.add('files and log of the database server');
      }
    } finally {
      await store.drop();
    }
    printError(`${name}, ${level}: ${report.leaks.length} finds and ${this.problems.length} other problems so far`);
  }
}

/** No value, password, token or key is found in anything that Coffer shows or writes, at any log level. */
const scanEverything = async ({ store: stores, level: levels, together }: LeakScanOptions): Promise<Outcome> => {
  const lives = new Lives();
  const parts = [
    ...stores.map((store) => async () => {
      for (const level of levels) await lives.live(store, level);
    }),
    async () => void lives.problems.push(...(await crashes(lives.texts, lives.report))),
  ];
  if (together) await Promise.all(parts.map((part) => part()));
  else for (const part of parts) await part();
  const answers = [...lives.statuses].sort(([a], [b]) => a - b).map(([status, number]) => `${status}: ${number}`);
  const outcome = combine(
    show('Stores, each with a life of its own at each log level', stores.join(', '), ''),
    show('Log levels', levels.join(', '), ''),
    show('Answers by status', answers.join(', '), ''),
    lives.report.outcome([...lives.seen]),
  );
  return { ...outcome, problems: [...outcome.problems, ...lives.problems] };
};

export default property<LeakScanOptions>({
  name: 'leak-scan',
  title: 'Leak scan',
  shows:
    'No secret value appears in logs, metrics, audits, database files, error answers or what a crash leaves, in any encoding.',
  servers: ['postgresql', 'mariadb'],
  quick: { level: ['trace'], together: true },
  full: {
    store: ['embedded', 'postgresql', 'mariadb'],
    level: ['trace', 'debug', 'info', 'warn', 'error'],
    together: false,
  },
  run: scanEverything,
});
