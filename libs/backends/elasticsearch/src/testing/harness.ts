import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { FaultyStore, Harness } from '@coffer/backend-conformance';
import { FaultyProxy, type ProxyState } from '@coffer/backend-conformance/faults';
import type { Backend } from '@coffer/backend-contract';
import { SecretValue, type ErrorCode } from '@coffer/secrets';
import type { ClusterSettings } from '../cluster-settings.js';
import { openElasticsearchBackend } from '../open.js';
import { SecuredProxy, type Interference, type Tls } from './secured-proxy.js';
import type { Accounts } from './security.js';
import { TEST_KEY, testRing } from '@coffer/backend-conformance/test-ring';

const VARIABLE = 'COFFER_TEST_ELASTICSEARCH_URL';

/** A harness whose cluster tests may also reach by other ways. */
export interface ElasticsearchHarness extends Harness {
  readonly accounts: Accounts;
  /** In front of the cluster, and knows the accounts. */
  proxy(tls?: Tls): Promise<SecuredProxy>;
  settings(changes?: Partial<ClusterSettings>): Promise<ClusterSettings>;
  openWith(changes: Partial<ClusterSettings>, indexPrefix?: string): Promise<Backend>;
  /** A prefix of no index yet; its index goes with the harness. */
  indexPrefix(prefix?: string): string;
  /** Asks the cluster past Coffer. Answers status and body. */
  ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>;
}

/** A real cluster, from the environment. Throws a sentence where it is missing: no suite skips itself. */
const clusterUrl = (): URL => {
  const text = process.env[VARIABLE];
  if (text === undefined || text === '') {
    throw new Error(
      `${VARIABLE} is not set: run the tests by 'npm test', or start the server with 'npm run servers -- up'`,
    );
  }
  return new URL(text);
};

const OUTAGES: Readonly<Record<'throttled' | 'server-error', { status: number; type: string; code: ErrorCode }>> = {
  throttled: { status: 429, type: 'es_rejected_execution_exception', code: 'throttled' },
  'server-error': { status: 500, type: 'exception', code: 'unavailable' },
};

/** Answers with an error that quotes the request's credentials and body, as an error of the cluster may. */
const failing = (status: number, type: string): Interference => {
  return (request, body) => {
    const error = { type, reason: `failed: ${request.headers.authorization} ${body.toString('utf8')}` };
    return { status, headers: {}, body: { error: { root_cause: [error], ...error }, status } };
  };
};

/** Indices of its own on the cluster of `COFFER_TEST_ELASTICSEARCH_URL`; made when first used, deleted with the harness. */
export const elasticsearchHarness = (): ElasticsearchHarness => {
  const run = `coffer_test_${randomBytes(6).toString('hex')}_`;
  const ring = testRing();
  const accounts: Accounts = {
    username: 'coffer',
    forbiddenUser: 'forbidden',
    password: `pa"ss w@rd/${randomBytes(9).toString('hex')}`,
    apiKey: Buffer.from(`id:${randomBytes(16).toString('hex')}`).toString('base64'),
  };
  const proxies: Promise<SecuredProxy>[] = [];
  let front: Promise<SecuredProxy> | undefined;

  const proxy = (tls?: Tls): Promise<SecuredProxy> => {
    const made = SecuredProxy.before(clusterUrl(), accounts, tls);
    proxies.push(made);
    return made;
  };
  const password = new SecretValue(accounts.password);
  const settings = async (changes: Partial<ClusterSettings> = {}): Promise<ClusterSettings> => ({
    hosts: changes.hosts ?? [(await (front ??= proxy())).url],
    auth: { kind: 'basic', username: accounts.username, password },
    trustAllSsl: false,
    ...changes,
  });
  // The suite's prefixes hold what no index can be called by.
  const indexPrefix = (prefix: string = randomUUID()): string =>
    `${run}${createHash('sha256').update(prefix).digest('hex').slice(0, 16)}_`;
  const openWith = async (changes: Partial<ClusterSettings>, prefix = indexPrefix()): Promise<Backend> =>
    openElasticsearchBackend({ cluster: await settings(changes), indexPrefix: prefix, ring: await ring });

  const interfering = async (kind: keyof typeof OUTAGES): Promise<FaultyStore> => {
    const own = await proxy();
    const { status, type, code } = OUTAGES[kind];
    return {
      backend: await openWith({ hosts: [own.url] }),
      codes: [code],
      arm: () => void (own.interfere = failing(status, type)),
      disarm: () => void (own.interfere = () => undefined),
      close: async () => undefined,
    };
  };
  const breaking = async (fault: ProxyState): Promise<FaultyStore> => {
    const wire = await FaultyProxy.to((await (front ??= proxy())).port);
    const backend = await openWith({ hosts: [`http://127.0.0.1:${wire.port}`] });
    return {
      backend,
      codes: ['unavailable', 'timeout'],
      arm: () => wire.set(fault),
      disarm: () => wire.set('pass'),
      close: async () => {
        await backend.close();
        await wire.close();
      },
    };
  };

  const ask: ElasticsearchHarness['ask'] = async (method, path, body) => {
    const url = clusterUrl();
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const response = await fetch(new URL(path, url.origin), {
      method,
      headers: {
        'content-type': 'application/json',
        ...(url.username === '' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };

  const removeIndices = async (): Promise<void> => {
    const { body } = await ask('GET', `/${run}*?filter_path=*.aliases`);
    for (const index of Object.keys(body ?? {})) await ask('DELETE', `/${index}`);
  };

  return {
    name: 'elasticsearch',
    accounts,
    proxy,
    settings,
    openWith,
    indexPrefix,
    ask,
    open: ({ prefix }) => openWith({}, indexPrefix(prefix)),
    credentials: {
      wrong: () =>
        openWith({ auth: { kind: 'basic', username: 'coffer', password: new SecretValue(`${accounts.password}!`) } }),
      forbidden: () => openWith({ auth: { kind: 'basic', username: accounts.forbiddenUser, password } }),
    },
    faults: {
      throttled: { open: () => interfering('throttled') },
      'server-error': { open: () => interfering('server-error') },
      'cut-before': { open: () => breaking('cut-on-request') },
      'cut-after': { open: () => breaking('cut-on-answer') },
      'timeout-after': { open: () => breaking('swallow') },
    },
    seals: true,
    credentialCanaries: [TEST_KEY, accounts.password, accounts.apiKey],
    close: async () => {
      await removeIndices();
      for (const made of proxies) await (await made).close();
    },
  };
};
