import { readFileSync } from 'node:fs';
import type { Backend } from '@coffer/backend-contract';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import { loadConfiguration, type StoreConfiguration } from '@coffer/config';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { removeFolder, scratchFolder } from '../../harness/index.js';

/** A store's address, and the names of the files that its client is passed for TLS. */
export interface StoreClient {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly own?: Certificate;
}

/** A store that speaks TLS with the certificate, and lets nobody connect without one of the authority. */
export type StartStore = (
  certificate: Certificate,
  authority: Authority,
) => Promise<{
  readonly port: number;
  stop(): Promise<void>;
}>;

export interface StoreTlsOptions {
  readonly start: StartStore;
  /** The adapter's. */
  readonly open: (settings: StoreConfiguration) => Backend | Promise<Backend>;
  /** The configuration of a process that has the store. */
  readonly configuration: (client: StoreClient) => object;
  /** How errors name the settings. */
  readonly names: { readonly ca: string; readonly address: string; readonly cert: string };
}

const call = () => ({ signal: AbortSignal.timeout(60_000) });

type Open = (configuration: object) => Promise<Backend>;

const storeOf = (configuration: object): StoreConfiguration => {
  const readFile = (path: string): string =>
    path.endsWith('c.yml') ? JSON.stringify(configuration) : readFileSync(path, 'utf8');
  const { secret } = loadConfiguration({ env: {}, argv: ['--config', 'c.yml'], readFile });
  if (secret === undefined) throw new Error('the test configures a store');
  return secret;
};

/** `let in`, or the code and the message of the refusal. */
const attempt = async (open: Open, configuration: object): Promise<readonly string[]> => {
  const backend = await open(configuration);
  try {
    await backend.check(call());
    return ['let in'];
  } catch (error) {
    if (!CofferError.is(error)) throw error;
    return [error.code, error.message];
  } finally {
    await backend.close();
  }
};

/** How a store's client shows a certificate, by the settings of the store, and what it says of every way to fail. */
export const describeStoreTls = (store: string, { start, configuration, names, ...adapter }: StoreTlsOptions): void => {
  // Over TLS 1.3 the HTTP client learns that the connection was closed, and not the server's reason.
  const refused = [expect.stringMatching(/^(unauthenticated|unavailable)$/), names.cert] as const;
  const open: Open = async (settings) => adapter.open(storeOf(settings));
  describe(`${store}, which asks for client certificates`, () => {
    const folder = scratchFolder();
    const authority = new Authority(folder, 'authority');
    const foreign = new Authority(folder, 'foreign');
    const right = authority.issue('coffer');
    const running: Awaited<ReturnType<StartStore>>[] = [];
    let port: number;
    let expiredPort: number;
    const begin = async (days: number): Promise<number> => {
      const server = await start(authority.issue('store', { alternative: 'IP:127.0.0.1', days }), authority);
      running.push(server);
      return server.port;
    };
    beforeAll(async () => {
      port = await begin(2);
      expiredPort = await begin(-1);
    });
    afterAll(async () => {
      await Promise.all(running.map((server) => server.stop()));
      removeFolder(folder);
    });

    const client = (changes: Partial<StoreClient> = {}): object =>
      configuration({ host: '127.0.0.1', port, ca: authority.caFile, own: right, ...changes });

    it('takes writes and reads of whoever shows one', async () => {
      const backend = await open(client());
      const path = SecretPath.of('main', 'company', 'k');
      const put = { kind: 'put' as const, path, value: new SecretValue('v'), metadata: { tags: [] } };
      await backend.apply(put, { fence: fenceOf(1, 1n), ...call() });
      expect((await backend.read(path, call()))?.value.reveal()).toBe('v');
      await backend.close();
    });

    it.each<[string, () => object, unknown, string]>([
      [
        'no certificate',
        () => {
          const { own: _, ...rest } = { host: '127.0.0.1', port, ca: authority.caFile, own: right };
          return configuration(rest);
        },
        ...refused,
      ],
      ['one of another authority', () => client({ own: foreign.issue('coffer') }), ...refused],
      ['one that has expired', () => client({ own: authority.issue('coffer', { days: -1 }) }), ...refused],
      [
        'the right one, and trusts another authority than the store’s',
        () => client({ ca: foreign.caFile }),
        ...(['unavailable', names.ca] as const),
      ],
      [
        'the right one to a name that the store’s does not have',
        () => client({ host: 'localhost' }),
        ...(['unavailable', names.address] as const),
      ],
      [
        'the right one where the store’s has expired',
        () => client({ port: expiredPort }),
        ...(['unavailable', "the server's certificate has expired"] as const),
      ],
    ])('whoever shows %s is told what to mend', async (_what, settings, code, words) => {
      expect(await attempt(open, settings())).toEqual([code, expect.stringContaining(words)]);
    });
  });
};
