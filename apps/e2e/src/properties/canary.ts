import { property } from '../harness/property.js';
import { parse } from 'yaml';
import { testStore, type StoreName, type TestStore } from '../harness/index.js';
import { join, say, show, type Outcome } from '../measure/index.js';
import { mariadbServer, postgresqlServer } from './canary/databases.js';
import { piecesOf } from '../leak-scan/files.js';
import { Lookout, type Kind } from '../leak-scan/lookout.js';
import { Marks } from '../leak-scan/marks.js';
import { Run, type Level } from './canary/run.js';
import type { Word } from '../leak-scan/index.js';

interface CanaryOptions {
  readonly store: readonly StoreName[];
  readonly level: readonly Level[];
}

const SERVERS = { postgresql: postgresqlServer, mariadb: mariadbServer };

/** What Coffer itself shows or stores in clear. */
const SHOWN: readonly Kind[] = ['answers', 'standard output', 'standard error'];

interface StoreSettings {
  readonly kestra: { readonly secret: { readonly jdbc: { readonly secret: string } } };
  readonly datasources: Record<string, { readonly url: string; readonly password: string }>;
}

interface Subject {
  readonly words: readonly Word[];
  /** On the server; `undefined` for the embedded one. */
  readonly database: string | undefined;
}

const subjectOf = (store: TestStore): Subject => {
  const config = store.config();
  if (config === undefined) return { words: [], database: undefined };
  const { kestra, datasources } = parse(config) as StoreSettings;
  const [source] = Object.values(datasources);
  return {
    words: [
      { name: 'secret of the store', text: kestra.secret.jdbc.secret },
      { name: 'password of the database', text: source?.password ?? '' },
    ],
    database: source?.url.split('/').at(-1),
  };
};

/** The database behind Coffer's back. The server's own files may hold what its administrator told it, but no value. */
const lookAtServer = async (
  name: keyof typeof SERVERS,
  database: string,
  words: readonly Word[],
  lookout: Lookout,
  since: number,
): Promise<number> => {
  const server = await SERVERS[name]();
  try {
    for (const [table, columns] of await server.rows(database)) {
      lookout.look('rows of the database', `${name}: ${table}`, words, columns);
    }
    const files = await server.files(since);
    for (const file of files) {
      lookout.look('files and log of the database server', `${name}: ${file}`, words, piecesOf(file));
    }
    return files.length;
  } finally {
    await server.close();
  }
};

/** Everything that the lives of one run have in common. */
class Lives {
  readonly marks = new Marks();
  readonly lookout = new Lookout(this.marks);
  readonly problems: string[] = [];
  readonly statuses = new Map<number, number>();
  readonly seen = new Set<Kind>(SHOWN);

  /** On a database of its own: a new data folder must not meet the fences of another one. */
  async live(name: StoreName, level: Level): Promise<void> {
    const { marks, lookout, seen } = this;
    const since = Date.now();
    const store = await testStore(name);
    try {
      const { words, database } = subjectOf(store);
      const run = new Run({ store, level, marks, lookout, storeWords: words });
      await run.live();
      this.problems.push(...run.problems.map((problem) => `${name}, ${level}: ${problem}`));
      for (const [status, number] of run.statuses) this.statuses.set(status, (this.statuses.get(status) ?? 0) + number);
      if (name === 'embedded') seen.add('data folder');
      if (name !== 'embedded' && database !== undefined) {
        const given = [
          { name: 'value', text: marks.value },
          { name: 'password or token', text: marks.credential },
        ];
        const files = await lookAtServer(name, database, [...given, ...words.slice(0, 1)], lookout, since);
        seen.add('rows of the database');
        if (files > 0) seen.add('files and log of the database server');
      }
    } finally {
      await store.drop();
    }
    say(`${name}, ${level}: ${lookout.hits.length} finds and ${this.problems.length} other problems so far`);
  }
}

/** No value, password, token or key is found in anything that Coffer shows or writes, at any log level. */
const canaryProperty = async ({ store: stores, level: levels }: CanaryOptions): Promise<Outcome> => {
  const lives = new Lives();
  for (const store of stores) {
    for (const level of levels) await lives.live(store, level);
  }
  const answers = [...lives.statuses].sort(([a], [b]) => a - b).map(([status, number]) => `${status}: ${number}`);
  const outcome = join(
    show('Stores, each with a life of its own at each log level', stores.join(', '), ''),
    show('Log levels', levels.join(', '), ''),
    show('Answers by status', answers.join(', '), ''),
    lives.lookout.outcome([...lives.seen]),
  );
  return { ...outcome, problems: [...outcome.problems, ...lives.problems] };
};

export default property<CanaryOptions>({
  name: 'canary',
  title: 'Canary values',
  shows: 'No secret value appears in logs, metrics, database files or error answers, in any encoding.',
  servers: ['postgresql', 'mariadb'],
  quick: { level: ['trace'] },
  full: { store: ['embedded', 'postgresql', 'mariadb'], level: ['trace', 'debug', 'info', 'warn', 'error'] },
  run: canaryProperty,
});
