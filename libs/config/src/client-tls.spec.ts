import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFiles, refusal } from './load.fixture.js';
import type { ClientTls } from './schema/client-tls.js';

const folder = mkdtempSync(join(tmpdir(), 'coffer-client-tls-'));
const made = (...args: readonly string[]): void =>
  void execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', ...args], {
    cwd: folder,
    stdio: 'pipe',
  });
made('-nodes', '-keyout', 'own.key', '-out', 'own.pem', '-subj', '/CN=coffer', '-days', '2');
made('-passout', 'pass:canary', '-keyout', 'locked.key', '-out', 'locked.pem', '-subj', '/CN=coffer', '-days', '2');
const FILES = Object.fromEntries(
  ['own.pem', 'own.key', 'locked.pem', 'locked.key'].map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);
rmSync(folder, { recursive: true });

type Settings = Readonly<Record<string, string>>;

const store = (files: object): { readonly cluster?: ClientTls; readonly tls?: ClientTls } =>
  loadFiles({ ...FILES, 'coffer.yml': JSON.stringify(files) }).secret as object;

/** Who has such settings: loads them, and the setting that decides whether TLS is spoken. */
const CLIENTS: readonly (readonly [
  path: string,
  load: (settings: Settings, tls?: boolean) => ClientTls | undefined,
  address: string,
])[] = [
  [
    'coffer.redis',
    (settings, tls = true) =>
      loadFiles({
        ...FILES,
        'coffer.yml': JSON.stringify({ coffer: { redis: { url: `redis${tls ? 's' : ''}://h`, ...settings } } }),
      }).redis,
    'coffer.redis.url',
  ],
  [
    'coffer.elasticsearch',
    (settings, tls = true) =>
      store({
        kestra: { secret: { type: 'elasticsearch', elasticsearch: { secret: 'x'.repeat(32) } } },
        coffer: { elasticsearch: { client: { httpHosts: `http${tls ? 's' : ''}://h:1` }, ...settings } },
      }).cluster,
    'coffer.elasticsearch.client.httpHosts',
  ],
  [
    'kestra.secret.vault',
    (settings, tls = true) =>
      store({
        kestra: {
          secret: {
            type: 'vault',
            vault: { address: `http${tls ? 's' : ''}://h:1`, token: { token: 't' }, ...settings },
          },
        },
      }).tls,
    'kestra.secret.vault.address',
  ],
];

describe.each(CLIENTS)('%s', (path, load, address) => {
  it('has nothing where nothing is said', () => {
    expect(load({})).not.toHaveProperty('ca');
    expect(load({})).not.toHaveProperty('own');
  });

  it('reads authorities, a certificate and its key', () => {
    const tls = load({ ca: 'locked.pem', cert: 'own.pem', key: 'own.key' });
    expect(tls).toMatchObject({ ca: FILES['locked.pem'], own: { certificate: FILES['own.pem'] } });
    expect(tls?.own?.key.reveal()).toBe(FILES['own.key']);
    expect(JSON.stringify(tls)).not.toContain('PRIVATE');
  });

  it('opens an encrypted key by its password', () => {
    const tls = load({ cert: 'locked.pem', key: 'locked.key', keyPassword: 'canary' });
    expect([tls?.own?.keyPassword?.reveal(), JSON.stringify(tls).includes('canary')]).toEqual(['canary', false]);
  });

  it.each<[Settings, string, string]>([
    [{ cert: 'own.pem' }, 'key', 'is missing: a certificate and its key belong together'],
    [{ key: 'own.key' }, 'cert', 'is missing: a certificate and its key belong together'],
    [{ keyPassword: 'canary' }, 'key', 'is missing'],
    [{ ca: 'gone.pem' }, 'ca', 'names a file that cannot be read'],
    [{ cert: 'own.key', key: 'own.key' }, 'cert', 'names a file that holds no certificate'],
    [{ cert: 'own.pem', key: 'own.pem' }, 'key', 'names a file that holds no private key'],
    [{ cert: 'locked.pem', key: 'locked.key', keyPassword: 'no' }, 'key', 'the passphrase does not open'],
    [{ cert: 'locked.pem', key: 'own.key' }, 'key', `is not the key of the first certificate of ${path}.cert`],
    [{ clientCert: 'own.pem' }, 'clientCert', "the nearest known key is 'cert'"],
    [{ caCert: 'own.pem' }, 'caCert', "the nearest known key is 'ca'"],
  ])('refuses %j', (settings, name, words) => {
    const message = refusal(() => load(settings));
    expect(message).toContain(`${path}.${name} `);
    expect(message).toContain(words);
    expect(message).not.toContain('canary');
  });

  it.each(['ca', 'cert'])('refuses %s where no TLS is spoken', (name) => {
    const message = refusal(() => load({ ca: 'own.pem', cert: 'own.pem', key: 'own.key' }, false));
    expect(message).toContain(`${path}.${name} has no effect`);
    expect(message).toContain(address);
  });
});
