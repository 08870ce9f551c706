import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Authenticator, type CertificateCredential, type Permission } from '@coffer/access';
import type { Certificate } from '@coffer/backend-conformance/certificates';
import type { TlsClient } from '@coffer/backend-conformance/tls-client';
import { loadConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import type { ReadService } from '@coffer/reads';
import { SecretValue, systemClock } from '@coffer/secrets';
import { listen } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { TestTls } from '../fixture/test-tls.js';
import { until } from '../fixture/until.js';

const VALUE = '/coffer/v1/main/namespaces/company.team/values/KEY';
const FOREIGN = '/coffer/v1/main/namespaces/foreign/values/KEY';
const WHOAMI = '/coffer/v1/main/whoami';

const reads: Pick<ReadService, 'resolve' | 'cached'> = {
  cached: ({ path }) => ({
    ...{ path, value: new SecretValue('x'), version: 'v1', revision: 1 },
    cacheStatus: { source: 'l1', remainingTtlMs: 1_500 },
  }),
  resolve: (call) => {
    asked += 1;
    const found = reads.cached(call);
    if (found === undefined) throw new Error('everything is cached');
    return found;
  },
};
let asked = 0;

const CONFIGURATION = `
coffer:
  access:
    certificates:
      - id: spiffe
        bindings:
          - when: {uri: 'spiffe://example.org/ns/*/sa/api'}
            grants: [{tenant: main, namespace: company.team, permissions: resolve}]
      - id: people
        subjectClaim: subject/CN
        bindings:
          - when: {subject/O: Example, subject/OU: [team, other]}
            grants: [{tenant: main, namespace: 'company.{{claims.subject/OU}}', permissions: [resolve, write]}]
`;
const certificates = (text = CONFIGURATION): readonly CertificateCredential[] =>
  loadConfiguration({ env: {}, argv: ['--config', 'c.yml'], readFile: () => text }).access.certificates;

const clock = { ...systemClock, ahead: 0, wall: () => Date.now() + clock.ahead };
const tls = new TestTls('optional');
let authenticator: Authenticator;
let api: TestApi;
let port: number;
beforeAll(async () => {
  const ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  authenticator = new Authenticator(
    ring,
    { tokens: [], users: [], certificates: certificates() },
    { clock, trustedProxies: ['127.0.0.2'] },
  );
  api = await openTestApi({ reads, authenticator, tls: tls.listener });
  port = await listen(api.app);
});
beforeEach(() => {
  clock.ahead = 0;
  authenticator.replace({ tokens: [], users: [], certificates: certificates() });
  tls.listener.apply(tls.settings());
});
afterAll(async () => {
  await api.app.close();
  tls.remove();
});

const workload = (): Certificate => tls.clients.issue('x', { alternative: 'URI:spiffe://example.org/ns/pay/sa/api' });
const statusOf = async (client: TlsClient, path = VALUE, headers: Record<string, string> = {}): Promise<unknown> =>
  client.outcome(path, headers);

/** With a connection on which a value was read from the cache. */
const connected = async (certificate = workload()): Promise<TlsClient> => {
  const client = tls.client(port, certificate);
  expect(await statusOf(client)).toBe(200);
  const before = asked;
  expect([await statusOf(client), asked]).toEqual([200, before]);
  return client;
};

it('a SPIFFE id names the caller, on the fast path too, and the audit has the certificate', async () => {
  const certificate = workload();
  const client = await connected(certificate);
  expect(await statusOf(client, FOREIGN)).toBe(403);
  const fingerprint = api.audited().at(-1)?.['credential'];
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const principal = 'certificate:spiffe:spiffe://example.org/ns/pay/sa/api';
  expect(api.audited().slice(-3)).toEqual([
    expect.objectContaining({ principal, credential: fingerprint, outcome: 'ok' }),
    expect.objectContaining({ principal, credential: fingerprint, outcome: 'ok' }),
    expect.objectContaining({ principal, credential: fingerprint, outcome: 'forbidden', decision: 'deny' }),
  ]);
  const { body } = await client.get(WHOAMI);
  expect(JSON.parse(body)).toMatchObject({
    principal,
    credential: fingerprint,
    grants: [{ namespace: 'company.team', origin: 'bindings[0].grants[0]' }],
  });
});

it('a subject names the caller by its pattern', async () => {
  const client = await connected(tls.clients.issue('ann', { subject: '/O=Example/OU=team/CN=ann' }));
  expect(JSON.parse((await client.get(WHOAMI)).body)).toMatchObject({ principal: 'certificate:people:ann' });
});

it.each<[string, () => Certificate | undefined]>([
  ['no certificate', () => undefined],
  [
    'a certificate that no binding is for',
    () => tls.clients.issue('x', { alternative: 'URI:spiffe://other.org/ns/a/sa/api' }),
  ],
  [
    'a subject with the pattern’s text in another place',
    () => tls.clients.issue('x', { subject: '/O=Example,OU=team/CN=x' }),
  ],
  ['a subject within one value', () => tls.clients.issue('x', { subject: '/O=a\nOU=team\nO=Example/CN=x' })],
  [
    'a certificate of another authority',
    () => tls.foreign.issue('x', { alternative: 'URI:spiffe://example.org/ns/pay/sa/api' }),
  ],
  [
    'one that has expired',
    () => tls.clients.issue('x', { alternative: 'URI:spiffe://example.org/ns/pay/sa/api', days: -1 }),
  ],
])('%s is 401', async (_what, certificate) => {
  const client = tls.client(port, certificate());
  for (const path of [VALUE, VALUE, WHOAMI]) expect(await statusOf(client, path)).toBe(401);
});

describe('on a connection that is kept, for what is cached too', () => {
  it('a certificate that ends is refused from then on', async () => {
    const client = await connected();
    clock.ahead = 3 * 86_400_000;
    expect(await statusOf(client)).toBe(401);
    expect(JSON.parse((await client.get(VALUE)).body)).toMatchObject({
      detail: expect.stringContaining('has expired'),
    });
  });

  it('a binding that is removed counts no more, and one that is added does', async () => {
    const client = await connected();
    authenticator.replace({ tokens: [], users: [], certificates: [] });
    expect(await statusOf(client)).toBe(401);
    const narrow = certificates(CONFIGURATION.replace('permissions: resolve}', 'permissions: list}'));
    authenticator.replace({ tokens: [], users: [], certificates: narrow });
    expect(await statusOf(client)).toBe(403);
    authenticator.replace({ tokens: [], users: [], certificates: certificates() });
    expect(await statusOf(client)).toBe(200);
  });

  it('an authority that is removed counts no more, on that connection and on new ones', async () => {
    const certificate = workload();
    const client = await connected(certificate);
    const both = [tls.foreign.caFile, tls.clients.caFile].map((file) => readFileSync(file, 'utf8')).join('');
    tls.listener.apply(tls.settings(both));
    expect(await statusOf(client)).toBe(200);
    tls.listener.apply(tls.settings(readFileSync(tls.foreign.caFile, 'utf8')));
    await until(async () => (await statusOf(client)) === 401);
    expect(await statusOf(tls.client(port, certificate))).toBe(401);
    tls.listener.apply(tls.settings());
    expect(await statusOf(tls.client(port, certificate))).toBe(200);
  });
});

describe('beside something else', () => {
  it.each([
    ['a wrong token', { authorization: 'Bearer coffer_wrong' }],
    ['a cookie that is none', { cookie: 'JWT=x' }],
  ])('%s counts, and is wrong', async (_what, headers) => {
    expect(await statusOf(await connected(), VALUE, headers)).toBe(401);
  });

  it.each<[string, Record<string, string>, number]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 401],
    ['a sibling domain', { 'sec-fetch-site': 'same-site' }, 401],
    ['another origin', { origin: 'https://evil.example.com' }, 401],
    ['this origin', { 'sec-fetch-site': 'same-origin' }, 200],
  ])('a page of %s', async (_what, headers, status) => {
    expect(await statusOf(await connected(), VALUE, headers)).toBe(status);
  });

  it('a refresh by a client that is no browser is fine', async () => {
    expect(await statusOf(await connected(), `${VALUE}?refresh=true`)).toBe(200);
  });

  it('a proxy’s own certificate is nobody’s for whom it asks', async () => {
    const proxy = tls.client(port, workload(), { localAddress: '127.0.0.2' });
    expect(await statusOf(proxy, VALUE, { 'x-forwarded-for': '10.0.0.1' })).toBe(401);
    expect(await statusOf(proxy)).toBe(401);
  });
});

it('explains what a certificate would be granted, by its claims', async () => {
  const permission: Permission = 'resolve';
  const shown = authenticator.principalOf({ issuer: 'spiffe', claims: { uri: 'spiffe://example.org/ns/a/sa/api' } });
  expect(shown).toMatchObject({
    id: 'certificate:spiffe:spiffe://example.org/ns/a/sa/api',
    grants: [{ permissions: [permission] }],
  });
});
