import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFiles, loadText, refusal } from './load.fixture.js';
import { loadServerTls } from './load-server-tls.js';
import { mangled, privateKey } from './pem.fixture.js';
import { spellings } from './spelling.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'coffer-server-tls-'));
const made = (...args: readonly string[]): void =>
  void execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', ...args], {
    cwd: folder,
    stdio: 'pipe',
  });
made('-nodes', '-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=coffer', '-days', '2');
made('-passout', 'pass:canary', '-keyout', 'locked.pem', '-out', 'cert2.pem', '-subj', '/CN=coffer', '-days', '2');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const [CERT, KEY, CERT2, LOCKED] = [read('cert.pem'), read('key.pem'), read('cert2.pem'), read('locked.pem')];
rmSync(folder, { recursive: true });
const FILES = { 'tls/cert.pem': CERT, 'tls/key.pem': KEY, 'tls/ca.pem': CERT2, 'tls/locked.pem': LOCKED };

const load = (tls: string, files: Readonly<Record<string, string>> = FILES) =>
  loadFiles({ ...files, 'coffer.yml': `coffer: {server: {tls: {${tls}}}}` }).server.tls;

it('is plain HTTP where nothing is said', () => {
  expect(loadText('coffer: {server: {port: 1}}').server.tls).toBeUndefined();
});

it.each(
  spellings(
    'coffer: {server: {tls: {cert: tls/cert.pem, key: tls/key.pem, client-ca: tls/ca.pem, client-auth: Optional}}}',
  ),
)('reads files, in %s', (_spelling, text) => {
  expect(loadFiles({ ...FILES, 'coffer.yml': text }).server.tls).toEqual({
    certificate: CERT,
    key: expect.objectContaining({}),
    clientAuthorities: CERT2,
    clientAuth: 'optional',
  });
});

it('is what is configured, and nothing else', () => {
  const tls = load('cert: tls/cert.pem, key: tls/key.pem');
  expect(Object.keys(tls ?? {})).toEqual(['certificate', 'key', 'clientAuth']);
});

it.each(mangled(KEY))('takes PEM as people have it: %s', (_what, pem) => {
  const tls = load(`cert: ${JSON.stringify(CERT)}, key: ${JSON.stringify(pem)}`);
  expect([tls?.certificate, tls?.key.reveal()]).toEqual([CERT, KEY]);
});

it('opens an encrypted key with its password', () => {
  const tls = load('cert: tls/ca.pem, key: tls/locked.pem, keyPassword: canary');
  expect([tls?.keyPassword?.reveal(), JSON.stringify(tls).includes('canary')]).toEqual(['canary', false]);
});

it.each<[string, string, string]>([
  ['key: tls/key.pem', 'coffer.server.tls.cert', 'is missing'],
  ['cert: tls/cert.pem', 'coffer.server.tls.key', 'is missing'],
  ['cert: tls/gone.pem, key: tls/key.pem', 'coffer.server.tls.cert', 'names a file that cannot be read'],
  ['cert: tls/key.pem, key: tls/key.pem', 'coffer.server.tls.cert', 'names a file that holds no certificate'],
  ['cert: tls/cert.pem, key: tls/cert.pem', 'coffer.server.tls.key', 'names a file that holds no private key'],
  ['cert: tls/ca.pem, key: tls/key.pem', 'coffer.server.tls.key', 'is not the key of the first certificate'],
  ['cert: tls/ca.pem, key: tls/locked.pem', 'coffer.server.tls.key', 'needs a passphrase'],
  [
    'cert: tls/ca.pem, key: tls/locked.pem, keyPassword: wrong',
    'coffer.server.tls.key',
    'the passphrase does not open',
  ],
  ['cert: tls/cert.pem, key: tls/key.pem, clientAuth: required', 'coffer.server.tls.clientCa', 'is missing'],
  ['cert: tls/cert.pem, key: tls/key.pem, clientCa: tls/ca.pem', 'coffer.server.tls.clientCa', 'has no effect'],
  [
    'cert: tls/cert.pem, key: tls/key.pem, clientCa: tls/key.pem, clientAuth: required',
    'coffer.server.tls.clientCa',
    'names a file that holds no certificate',
  ],
  ['cert: tls/cert.pem, key: tls/key.pem, clientAuth: need', 'coffer.server.tls.clientAuth', 'must be one of none'],
  ['cert: tls/cert.pem, key: tls/key.pem, ca: tls/ca.pem', 'coffer.server.tls.ca', 'unknown'],
])('refuses {%s}: %s %s', (tls, setting, words) => {
  const message = refusal(() => load(tls));
  expect(message).toContain(setting);
  expect(message).toContain(words);
});

it('is loaded alone where something else is wrong', () => {
  const text = 'coffer: {sever: {}, server: {prot: 1, tls: {cert: tls/cert.pem, key: tls/key.pem}}}';
  const options = {
    ...{ env: {}, cwd: '/etc/coffer' },
    readFile: (path: string) => ({ ...FILES, 'coffer.yml': text })[path.replace('/etc/coffer/', '')] ?? '',
  };
  expect(loadServerTls(options)?.certificate).toBe(CERT);
  expect(loadServerTls({ ...options, readFile: () => 'coffer: {}' })).toBeUndefined();
  expect(refusal(() => loadServerTls({ ...options, readFile: () => `coffer: {server: {tls: {key: x}}}` }))).toContain(
    'coffer.server.tls.cert is missing',
  );
});

it('holds a fresh key of another kind for no certificate’s', () => {
  expect(
    refusal(() => load('cert: tls/cert.pem, key: tls/other.pem', { ...FILES, 'tls/other.pem': privateKey() })),
  ).toContain('coffer.server.tls.key');
});

describe('coffer.redis', () => {
  const redisOf = (settings: string) => loadFiles({ ...FILES, 'coffer.yml': `coffer: {redis: {${settings}}}` }).redis;

  it('reads the client’s own certificate', () => {
    const { own } = redisOf('url: "rediss://h", cert: tls/cert.pem, key: tls/key.pem') ?? {};
    expect([own?.certificate, own?.key.reveal()]).toEqual([CERT, KEY]);
  });

  it.each([
    ['url: "rediss://h", cert: tls/cert.pem', 'coffer.redis.key is missing'],
    ['url: "rediss://h", key: tls/key.pem', 'coffer.redis.cert is missing'],
    ['url: "redis://h", cert: tls/cert.pem, key: tls/key.pem', 'coffer.redis.cert has no effect'],
    [
      'url: "rediss://h", cert: tls/cert.pem, key: tls/locked.pem',
      'coffer.redis.key names a file that holds an encrypted',
    ],
  ])('refuses {%s}: %s', (settings, words) => {
    expect(refusal(() => redisOf(settings))).toContain(words);
  });
});
