import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '@coffer/access';
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
import { FaultyProxy } from '@coffer/backend-conformance/faults';
import { breakRequests } from './broken-requests.js';
import { filesBelow, piecesOf } from '../../leak-scan/files.js';
import { useEveryEndpoint, VALUES } from './life.js';
import { logIn, type Users } from './logins.js';
import { useSessions } from './sessions.js';
import type { LeakReport } from '../../leak-scan/leak-report.js';
import type { MarkerTexts } from '../../leak-scan/marker-texts.js';
import { makeMistakes } from './mistakes.js';
import type { Marker } from '../../leak-scan/index.js';
import { FULL_DISK, fillDisk, withoutStore } from './store-down.js';
import { RecordingClient } from './recording-client.js';
import { VAULT_API } from '../../vault-clients/coffer-target.js';
import { AUDIENCE, ISSUER, JobIssuer, SUBJECT } from '../../vault-clients/target.js';

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface LifetimeOptions {
  readonly store: TestStore;
  readonly level: Level;
  readonly texts: MarkerTexts;
  readonly report: LeakReport;
  /** The operator's secrets in the store's configuration. */
  readonly storeMarkers: readonly Marker[];
}

type Config = Record<string, object>;

const OWN_FILES: ReadonlyMap<string, string> = new Map([
  ['root.key', 'root key'],
  ['first-start-token', 'access token'],
]);
const AUDIT_FILE = /^audit\.jsonl/;
/** The first-start token, as records name it. */
const AUDITED = 'token:first-start';
const TOKEN_LINE = /^access token: coffer_(\S+)$/m;

const accessOf = async ({ full, lister }: Users, jwksFile: string): Promise<object> => ({
  issuers: [
    {
      ...{ id: 'jobs', issuer: ISSUER, audience: AUDIENCE, jwksFile, algorithms: ['RS256'] },
      bindings: [
        {
          when: { sub: SUBJECT },
          grants: [{ tenant: 'main', namespace: '*', permissions: ['list', 'resolve', 'write', 'delete'] }],
        },
      ],
    },
  ],
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
export class Lifetime {
  readonly problems: string[] = [];
  readonly statuses = new Map<number, number>();
  readonly #scratch = scratchFolder();
  readonly #dataFolder = join(this.#scratch, 'data');
  readonly #users: Users;
  readonly #jobs = new JobIssuer();
  #markers: Marker[];

  constructor(private readonly options: LifetimeOptions) {
    const { texts } = options;
    this.#users = {
      full: { name: 'full', password: texts.password() },
      lister: { name: 'lister', password: texts.password() },
    };
    this.#markers = [
      { name: 'value', text: texts.value },
      { name: 'password or token', text: texts.credential },
      ...options.storeMarkers,
    ];
  }

  async live(): Promise<void> {
    const { address } = this.options.store;
    const proxy = address === undefined ? undefined : await FaultyProxy.to(address.port, { host: address.host });
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
    const jwksFile = join(this.#scratch, 'jwks.json');
    writeFileSync(jwksFile, this.#jobs.jwks);
    const access = await accessOf(this.#users, jwksFile);
    return { ...own, coffer: { log: { level: this.options.level }, access, vault: VAULT_API } };
  }

  /** A configuration with mistakes beside secrets: what is wrong is named, what was given is not. */
  async #refusedStart(config: Config): Promise<void> {
    const { texts } = this.options;
    const wrong = {
      ...config,
      coffer: {
        ...config['coffer'],
        [`unknown-${texts.control}`]: texts.password(),
        redis: { url: texts.password() },
        datasource: { url: `jdbc:postgresql://u:${texts.credential}@host:port/x?password=${texts.credential}` },
        encryption: { keys: [{ id: 'a', secret: texts.credential.slice(0, 16), active: texts.credential }] },
      },
    };
    const spawned = spawnCoffer({ dataFolder: join(this.#scratch, 'refused'), config: stringify(wrong) });
    const { code } = await spawned.exited;
    if (code !== 1) this.problems.push(`a wrong configuration ended with ${code}`);
    this.#scanOutput('a refused start', spawned.process.stdout(), spawned.process.stderr());
    await spawned.stop();
  }

  /** A whole life, ended by kill -9. Answers the token. */
  async #first(config: string, proxy: FaultyProxy | undefined): Promise<string> {
    const { texts, report } = this.options;
    const coffer = await startCoffer({ dataFolder: this.#dataFolder, config });
    try {
      const [, token = ''] = TOKEN_LINE.exec(coffer.stdout()) ?? [];
      const rootKey = readFileSync(join(this.#dataFolder, 'root.key'), 'utf8').trim();
      this.#markers = [...this.#markers, { name: 'access token', text: token }, { name: 'root key', text: rootKey }];
      const client = new RecordingClient(api(coffer.url, coffer.token));
      await useEveryEndpoint(client, texts);
      await makeMistakes(client, texts);
      const broken = await breakRequests(coffer.url, coffer.token, texts);
      if (proxy !== undefined) {
        await withoutStore(client, texts, { down: () => proxy.set('reset'), up: () => proxy.set('pass') });
      }
      const { markers, client: bySessions } = await useSessions(coffer.url, this.#users, this.#jobs, texts, report);
      this.#markers = [...this.#markers, ...markers];
      const logins = await logIn(coffer.url, this.#users, texts);
      for (const seen of [client, bySessions, ...logins]) this.#scanAnswers(seen);
      for (const { place, text } of broken) report.scanText('answers', place, this.#markers, text);
      await this.#scanProcess(coffer);
      coffer.kill('SIGKILL');
      await coffer.exited;
      // Shown once, on purpose: what is left must not hold it.
      report.expectShown('standard output', token, coffer.stdout());
      this.#scanOutput('first start', coffer.stdout().replace(TOKEN_LINE, ''), coffer.stderr());
      this.#scanFolder('after kill -9');
      return coffer.token;
    } finally {
      await coffer.stop();
    }
  }

  /** Started again, on a full disk where the disk is the store, and ended in an orderly way. */
  async #second(config: string, token: string, fill: boolean): Promise<void> {
    const { texts } = this.options;
    const through = fill ? { through: FULL_DISK } : {};
    const coffer = await startCoffer({ dataFolder: this.#dataFolder, config, token, ...through });
    try {
      const client = new RecordingClient(api(coffer.url, token));
      await client.call('read after the restart', [404], 'GET', `${VALUES}/LATER`);
      if (fill) await fillDisk(client, texts);
      this.#scanAnswers(client);
      await this.#scanProcess(coffer);
      coffer.kill('SIGTERM');
      await coffer.exited;
      this.#scanOutput('second start', coffer.stdout(), coffer.stderr());
      this.#scanFolder('after the end');
    } finally {
      await coffer.stop();
    }
  }

  #scanOutput(place: string, stdout: string, stderr: string): void {
    this.options.report.scanText('standard output', place, this.#markers, stdout);
    this.options.report.scanText('standard error', place, this.#markers, stderr);
  }

  #scanAnswers({ evidence, problems, statuses }: RecordingClient): void {
    for (const { place, text } of evidence) this.options.report.scanText('answers', place, this.#markers, text);
    this.problems.push(...problems);
    for (const [status, number] of statuses) this.statuses.set(status, (this.statuses.get(status) ?? 0) + number);
  }

  async #scanProcess(coffer: Coffer): Promise<void> {
    const { report } = this.options;
    const metrics = await api(coffer.url, coffer.token).call('GET', '/metrics');
    report.scanText('metrics', this.options.level, this.#markers, metrics.text);
    report.scan('command line', String(coffer.pid), this.#markers, piecesOf(`/proc/${coffer.pid}/cmdline`));
  }

  /** Everything but the root key and the access token in their own files. */
  #scanFolder(when: string): void {
    for (const file of filesBelow(this.#dataFolder)) {
      const name = file.slice(this.#dataFolder.length + 1);
      const markers = this.#markers.filter((marker) => marker.name !== OWN_FILES.get(name));
      const kind = AUDIT_FILE.test(name) ? 'audit' : 'data folder';
      this.options.report.scan(kind, `${name} ${when}`, markers, piecesOf(file));
      // Whose records they are stands there in clear.
      if (kind === 'audit') this.options.report.expectShown(kind, AUDITED, readFileSync(file, 'utf8'));
    }
  }
}
