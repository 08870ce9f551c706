import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '@coffer/access';
import { TcpProxy } from '@coffer/backend-conformance/faults';
import { SecretValue } from '@coffer/secrets';
import { parse, stringify } from 'yaml';
import {
  api,
  removeFolder,
  scratchFolder,
  spawnCoffer,
  startCoffer,
  type Coffer,
  type TestStore,
} from '../../harness/index.js';
import { breakRequests } from './broken-requests.js';
import { filesBelow, piecesOf } from '../../leak-scan/files.js';
import { liveWell, VALUES } from './life.js';
import { logIn, type Users } from './logins.js';
import type { Lookout } from '../../leak-scan/lookout.js';
import type { Marks } from '../../leak-scan/marks.js';
import { makeMistakes } from './mistakes.js';
import type { Word } from '../../leak-scan/index.js';
import { FULL_DISK, fillDisk, withoutStore } from './store-down.js';
import { Witness } from './witness.js';

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface RunOptions {
  readonly store: TestStore;
  readonly level: Level;
  readonly marks: Marks;
  readonly lookout: Lookout;
  /** The operator's secrets in the store's configuration. */
  readonly storeWords: readonly Word[];
}

type Config = Record<string, object>;

const OWN_FILES: ReadonlyMap<string, string> = new Map([
  ['root.key', 'root key'],
  ['first-start-token', 'access token'],
]);
const TOKEN_LINE = /^access token: coffer_(\S+)$/m;

const accessOf = async ({ full, lister }: Users): Promise<object> => ({
  users: [
    {
      username: full.name,
      passwordHash: await hashPassword(new SecretValue(full.password)),
      grants: [{ tenant: 'main', namespace: '*', permissions: ['list', 'resolve', 'write', 'delete'] }],
    },
    {
      username: lister.name,
      passwordHash: await hashPassword(new SecretValue(lister.password)),
      grants: [{ tenant: 'main', namespace: '*', permissions: ['list'] }],
    },
  ],
});

/** One life of one data folder at one log level; everything that it leaves behind is looked through. */
export class Run {
  readonly problems: string[] = [];
  readonly statuses = new Map<number, number>();
  readonly #scratch = scratchFolder();
  readonly #dataFolder = join(this.#scratch, 'data');
  readonly #users: Users;
  #words: Word[];

  constructor(private readonly options: RunOptions) {
    const { marks } = options;
    this.#users = {
      full: { name: 'full', password: marks.password() },
      lister: { name: 'lister', password: marks.password() },
    };
    this.#words = [
      { name: 'value', text: marks.value },
      { name: 'password or token', text: marks.credential },
      ...options.storeWords,
    ];
  }

  async live(): Promise<void> {
    const { address } = this.options.store;
    const proxy = address === undefined ? undefined : await TcpProxy.to(address.host, address.port);
    try {
      const via = proxy === undefined ? undefined : { host: '127.0.0.1', port: proxy.port };
      const config = await this.#config(via);
      await this.#refusedStart(config);
      const token = await this.#first(stringify(config), proxy);
      await this.#second(stringify(config), token, proxy === undefined);
    } finally {
      await proxy?.close();
      removeFolder(this.#scratch);
    }
  }

  async #config(via: { host: string; port: number } | undefined): Promise<Config> {
    const text = this.options.store.config(via);
    const own = text === undefined ? {} : (parse(text) as Config);
    return { ...own, coffer: { log: { level: this.options.level }, access: await accessOf(this.#users) } };
  }

  /** A configuration with mistakes beside secrets: what is wrong is named, what was given is not. */
  async #refusedStart(config: Config): Promise<void> {
    const { marks } = this.options;
    const wrong = {
      ...config,
      coffer: {
        ...config['coffer'],
        [`unknown-${marks.control}`]: marks.password(),
        redis: { url: marks.password() },
        datasource: { url: `jdbc:postgresql://u:${marks.credential}@host:port/x?password=${marks.credential}` },
        encryption: { keys: [{ id: 'a', secret: marks.credential.slice(0, 16), active: marks.credential }] },
      },
    };
    const spawned = spawnCoffer({ dataFolder: join(this.#scratch, 'refused'), config: stringify(wrong) });
    const { code } = await spawned.exited;
    if (code !== 1) this.problems.push(`a wrong configuration ended with ${code}`);
    this.#lookAtOutput('a refused start', spawned.process.stdout(), spawned.process.stderr());
    await spawned.stop();
  }

  /** A whole life, ended by kill -9. Answers the token. */
  async #first(config: string, proxy: TcpProxy | undefined): Promise<string> {
    const { marks, lookout } = this.options;
    const coffer = await startCoffer({ dataFolder: this.#dataFolder, config });
    try {
      const [, token = ''] = TOKEN_LINE.exec(coffer.stdout()) ?? [];
      const rootKey = readFileSync(join(this.#dataFolder, 'root.key'), 'utf8').trim();
      this.#words = [...this.#words, { name: 'access token', text: token }, { name: 'root key', text: rootKey }];
      const witness = new Witness(api(coffer.url, coffer.token));
      await liveWell(witness, marks);
      await makeMistakes(witness, marks);
      const broken = await breakRequests(coffer.url, coffer.token, marks);
      if (proxy !== undefined) {
        await withoutStore(witness, marks, { down: () => proxy.set('refuse'), up: () => proxy.set('pass') });
      }
      const logins = await logIn(coffer.url, this.#users, marks);
      for (const seen of [witness, ...logins]) this.#lookAtAnswers(seen);
      for (const { place, text } of broken) lookout.lookAtText('answers', place, this.#words, text);
      await this.#lookAtProcess(coffer);
      coffer.kill('SIGKILL');
      await coffer.exited;
      // Shown once, on purpose: what is left must not hold it.
      lookout.mustSee('standard output', token, coffer.stdout());
      this.#lookAtOutput('first start', coffer.stdout().replace(TOKEN_LINE, ''), coffer.stderr());
      this.#lookAtFolder('after kill -9');
      return coffer.token;
    } finally {
      await coffer.stop();
    }
  }

  /** Started again, on a full disk where the disk is the store, and ended in an orderly way. */
  async #second(config: string, token: string, fill: boolean): Promise<void> {
    const { marks } = this.options;
    const through = fill ? { through: FULL_DISK } : {};
    const coffer = await startCoffer({ dataFolder: this.#dataFolder, config, token, ...through });
    try {
      const witness = new Witness(api(coffer.url, token));
      await witness.call('read after the restart', [404], 'GET', `${VALUES}/LATER`);
      if (fill) await fillDisk(witness, marks);
      this.#lookAtAnswers(witness);
      await this.#lookAtProcess(coffer);
      coffer.kill('SIGTERM');
      await coffer.exited;
      this.#lookAtOutput('second start', coffer.stdout(), coffer.stderr());
      this.#lookAtFolder('after the end');
    } finally {
      await coffer.stop();
    }
  }

  #lookAtOutput(place: string, stdout: string, stderr: string): void {
    this.options.lookout.lookAtText('standard output', place, this.#words, stdout);
    this.options.lookout.lookAtText('standard error', place, this.#words, stderr);
  }

  #lookAtAnswers({ evidence, problems, statuses }: Witness): void {
    for (const { place, text } of evidence) this.options.lookout.lookAtText('answers', place, this.#words, text);
    this.problems.push(...problems);
    for (const [status, number] of statuses) this.statuses.set(status, (this.statuses.get(status) ?? 0) + number);
  }

  async #lookAtProcess(coffer: Coffer): Promise<void> {
    const { lookout } = this.options;
    const metrics = await api(coffer.url, coffer.token).call('GET', '/metrics');
    lookout.lookAtText('metrics', this.options.level, this.#words, metrics.text);
    lookout.look('command line', String(coffer.pid), this.#words, piecesOf(`/proc/${coffer.pid}/cmdline`));
  }

  /** Everything but the root key and the access token in their own files. */
  #lookAtFolder(when: string): void {
    for (const file of filesBelow(this.#dataFolder)) {
      const name = file.slice(this.#dataFolder.length + 1);
      const words = this.#words.filter((word) => word.name !== OWN_FILES.get(name));
      this.options.lookout.look('data folder', `${name} ${when}`, words, piecesOf(file));
    }
  }
}
