import { loadFiles, loadText, refusal } from './load.fixture.js';
import { CERTIFICATE } from './pem.fixture.js';

const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const webhook = (more = '', url = 'https://receiver.example.com/a/'): string =>
  `coffer: {webhooks: [{id: deployer, url: "${url}", secret: "${KEY}"${more}}]}`;

it('has none unless configured, and defaults that are safe', () => {
  expect(loadText('coffer: {}').webhooks).toEqual([]);
  const [first] = loadText(webhook()).webhooks;
  expect(first).toMatchObject({
    ...{ id: 'deployer', url: 'https://receiver.example.com/a/', tenant: 'main', namespace: '*', children: true },
    ...{ types: ['change', 'delete'], timeoutMs: 10_000, retryForMs: 300_000, concurrency: 8 },
  });
  expect(Buffer.from(first?.secret.reveal() ?? '', 'base64')).toEqual(Buffer.alloc(32, 7));
  expect(JSON.stringify(first)).not.toContain(first?.secret.reveal());
});

it('is what is configured, and nothing else', () => {
  const [plain] = loadText(webhook()).webhooks;
  expect(Object.keys(plain ?? {}).sort()).toEqual(
    [
      'id',
      'url',
      'tenant',
      'namespace',
      'children',
      'types',
      'secret',
      'timeoutMs',
      'retryForMs',
      'concurrency',
    ].sort(),
  );
  const [trusting] = loadText(webhook(`, ca: ${JSON.stringify(CERTIFICATE)}, timeout: 1m, retryFor: 1h`)).webhooks;
  expect(trusting).toMatchObject({ ca: CERTIFICATE, timeoutMs: 60_000, retryForMs: 3_600_000 });
});

it('takes keys of 16 bytes, and 16 webhooks', () => {
  const whsec = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
  const load = (...secrets: string[]) => {
    const entries = secrets.map((secret, at) => ({ id: `w${at}`, url: 'https://r', secret }));
    return loadText(`coffer: {webhooks: ${JSON.stringify(entries)}}`).webhooks.length;
  };
  expect(load(whsec(16), 'x'.repeat(16))).toBe(2);
  for (const short of [whsec(15), 'x'.repeat(15), 'whsec_', `whsec_*${'A'.repeat(30)}`, `${whsec(16)}*`]) {
    expect(refusal(() => load(short))).toContain(
      'coffer.webhooks[0].secret must hold whsec_ and base64 of at least 16',
    );
  }
  expect(load(...Array<string>(16).fill(KEY))).toBe(16);
  expect(refusal(() => load(...Array<string>(17).fill(KEY)))).toContain('coffer.webhooks must not have more than 16');
});

it('names the file that is wrong', () => {
  const files = (setting: string) => ({
    'coffer.yml': `coffer: {webhooks: [{id: a, url: "https://r", ${setting}}]}`,
    short: 'canary',
    bytes: `canary${'\ufffd'.repeat(40)}`,
  });
  expect(refusal(() => loadFiles(files('secretFile: bytes')))).toMatch(/secretFile must hold whsec_/);
  expect(refusal(() => loadFiles(files('secretFile: short')))).toMatch(
    /^configuration: coffer\.webhooks\[0\]\.secretFile .*hold whsec_/,
  );
  expect(refusal(() => loadFiles(files(`secret: ${KEY}, ca: gone`)))).toBe(
    'configuration: coffer.webhooks[0].ca names a file that cannot be read',
  );
});

it('takes a key as text, or from a file', () => {
  const files = {
    'coffer.yml':
      'coffer: {webhooks: [{id: a, url: "https://r", secretFile: key}, {id: b, url: "https://r", secret: a plain text of 29 characters}]}',
    key: `${KEY}\n`,
  };
  const keys = loadFiles(files).webhooks.map(({ secret }) => Buffer.from(secret.reveal(), 'base64').toString());
  expect(keys).toEqual([Buffer.alloc(32, 7).toString(), 'a plain text of 29 characters']);
});

it.each(['https://r', 'https://r/', 'https://r//a//', 'https://r/a/%2F/'])('posts to %s exactly as it is', (url) => {
  expect(loadText(webhook('', url)).webhooks[0]?.url).toBe(url);
});

it('takes http for this machine, or where it is allowed', () => {
  for (const url of ['http://localhost:1/', 'http://127.0.0.9', 'http://[::1]:80/x']) {
    expect(loadText(webhook('', url)).webhooks).toHaveLength(1);
  }
  expect(loadText(webhook(', allowHttp: true', 'http://receiver')).webhooks).toHaveLength(1);
});

it.each([
  [webhook('', 'http://receiver'), 'coffer.webhooks[0].url must begin with https:'],
  [webhook('', 'https://169.254.169.254/latest'), 'coffer.webhooks[0].url names a link-local'],
  [webhook('', 'https://[fe80::1]/'), 'coffer.webhooks[0].url names a link-local'],
  [webhook('', 'https://[::ffff:169.254.1.1]/'), 'coffer.webhooks[0].url names a link-local'],
  [webhook('', 'https://0.0.0.0/'), 'coffer.webhooks[0].url names a link-local'],
  [webhook('', 'https://me:canary@r/'), 'coffer.webhooks[0].url has a user name or password in it'],
  [webhook(', ca: x', 'http://localhost'), 'coffer.webhooks[0].ca has no effect'],
  [webhook(', types: [drift]'), 'coffer.webhooks[0].types[0] must be one of change, delete'],
  [webhook(', types: []'), 'coffer.webhooks[0].types must name at least one of change, delete'],
  [webhook(', retryFor: 2h'), 'coffer.webhooks[0].retryFor must be at most 1h'],
  [webhook(', timeout: 2m'), 'coffer.webhooks[0].timeout must be at most 1m'],
  [webhook(', secretFile: x'), 'coffer.webhooks[0] needs exactly one of secret and secretFile; both are given'],
  [
    'coffer: {webhooks: [{id: a, url: "https://r"}]}',
    'coffer.webhooks[0] needs exactly one of secret and secretFile; none is given',
  ],
  [
    'coffer: {webhooks: [{id: a, url: "https://r", secretFile: gone}]}',
    'coffer.webhooks[0].secretFile names a file that cannot be read',
  ],
  [
    'coffer: {webhooks: [{id: a, url: "https://r", secret: canary}]}',
    'coffer.webhooks[0].secret must hold whsec_ and base64 of at least 16 bytes',
  ],
  [
    'coffer: {webhooks: [{id: a, url: "https://r", secret: whsec_canary-canary-canary-canary}]}',
    'coffer.webhooks[0].secret must hold whsec_',
  ],
  [
    `coffer: {webhooks: [{id: a, url: "https://r", secret: ${KEY}}, {id: a, url: "https://r", secret: ${KEY}}]}`,
    'coffer.webhooks[1] has the same id as an entry before it',
  ],
])('refuses %s', (text, message) => {
  const said = refusal(() => loadText(text));
  expect(said).toContain(message);
  expect(said).not.toContain('canary');
});
