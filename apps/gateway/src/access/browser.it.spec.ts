/** @servers chromium */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Authenticator, createAccessToken, hashAccessToken, type IssuerCredential } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { OidcServer, oidcKey, WEB_CLIENT } from '../fixture/oidc-server.js';
import { listen } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { until } from '../fixture/until.js';

const CONSOLE = join(__dirname, '../../../console/dist');
const SECRETS = '/api/v1/main/namespaces/company/secrets';
const VALUE = '/coffer/v1/main/namespaces/company/values/KEY';
const SHOWN_KEY = 'KEY_THAT_IS_SHOWN';

const token = createAccessToken();
const grants: IssuerCredential['bindings'][number]['grants'] = [
  {
    ...{ tenant: 'main', namespace: { text: 'company', parts: ['company'] } },
    permissions: ['list', 'resolve', 'write', 'delete'],
  },
];

let browser: Browser;
let idp: OidcServer;
let api: TestApi;
let base: string;
/** As the gateway got them. */
const requests: IncomingMessage[] = [];
/** How many of them are not answered yet. */
let underWay = 0;
let foreign: Server;
let foreignPort: number;
/** What a page of another origin is made of. */
let foreignPage = '';
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await chromium.connectOverCDP(process.env['COFFER_TEST_CHROMIUM_URL'] ?? '');
  idp = await OidcServer.start([oidcKey('first')]);
  const ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  const authenticator = new Authenticator(ring, {
    tokens: [
      {
        ...{ id: 'ci', hash: hashAccessToken(ring, token) },
        grants: [{ tenant: 'main', namespace: 'company', permissions: ['list', 'resolve', 'write', 'delete'] }],
      },
    ],
    users: [],
    issuers: [
      {
        ...{ id: 'idp', issuer: idp.issuer, audience: ['coffer'], algorithms: ['RS256'], clockSkewMs: 30_000 },
        keys: { kind: 'discovery', address: `${idp.issuer}/.well-known/openid-configuration` },
        ...{ notBefore: 'optional', subjectClaim: 'sub' },
        login: {
          ...{ clientId: WEB_CLIENT.clientId, clientSecret: new SecretValue(WEB_CLIENT.clientSecret) },
          ...{ label: 'Company', scopes: ['openid'] },
        },
        bindings: [{ when: [{ claim: 'groups', patterns: ['team'] }], grants }],
      },
    ],
  });
  api = await openTestApi({ authenticator, consoleFolder: CONSOLE, trustedProxies: ['127.0.0.1'] });
  base = `http://127.0.0.1:${await listen(api.app)}`;
  api.app.getHttpServer().on('request', (request: IncomingMessage, response: ServerResponse) => {
    requests.push(request);
    underWay += 1;
    response.on('close', () => (underWay -= 1));
  });
  idp.redirectUris = [`${base}/session/issuers/idp/callback`];
  idp.rotate([oidcKey('first')]);
  foreign = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(foreignPage);
  });
  await new Promise<void>((resolve) => foreign.listen(0, resolve));
  foreignPort = (foreign.address() as AddressInfo).port;
});
afterAll(async () => {
  await browser.close();
  await api.app.close();
  idp.close();
  foreign.close();
  foreign.closeAllConnections();
});
beforeEach(async () => {
  idp.person = { id: 'ann', claims: { groups: ['team', 'other'] } };
  requests.splice(0);
  context = await browser.newContext();
  context.setDefaultTimeout(90_000);
  page = await context.newPage();
});
afterEach(() => context.close());

/** By the sign-in page and the identity server. */
const signIn = async (to = '/ui'): Promise<void> => {
  await page.goto(`${base}/ui/sign-in?to=${encodeURIComponent(to)}`);
  await page.getByText('Company').click();
  await page.getByText('jwt:idp:ann').first().waitFor();
};
const statusOf = (path: string, headers: Record<string, string> = {}): Promise<number> =>
  page.evaluate(async ([asked, sent]) => (await fetch(asked, { headers: sent })).status, [path, headers] as const);

it('signs in by an identity server, by a cookie that no script reads', async () => {
  await signIn();
  expect(new URL(page.url()).pathname).toMatch(/^\/ui/);
  const own = (await context.cookies(base)).filter(({ name }) => name.includes('coffer'));
  expect(own).toEqual([
    expect.objectContaining({
      ...{ name: 'coffer', domain: '127.0.0.1', path: '/', httpOnly: true, sameSite: 'Strict', secure: false },
    }),
  ]);
  expect((own[0]?.expires ?? 0) - Date.now() / 1_000).toBeLessThanOrEqual(1_800);
  expect(await page.evaluate('document.cookie')).toBe('');
  expect(await statusOf('/coffer/v1/main/whoami')).toBe(200);
});

it('tells whom nothing is granted why they are not signed in', async () => {
  idp.person = { id: 'bob', claims: { groups: ['finance'] } };
  await page.goto(`${base}/ui/sign-in`);
  await page.getByText('Company').click();
  await page.waitForURL(/\/ui\/sign-in\?error=no-grants/);
  expect((await context.cookies(base)).filter(({ name }) => name.includes('coffer'))).toEqual([]);
  expect(await statusOf('/coffer/v1/main/whoami', { 'x-coffer-csrf': '1' })).toBe(401);
});

describe('a page of another origin', () => {
  /** JSON as a form sends it: its one field's name and value, with an equals sign between. */
  const form = (id: string, method: string, path: string, name = '', value = ''): string =>
    `<form id="${id}" target="${id}" method="${method}" action="${base}${path}" enctype="text/plain">` +
    `<input name='${name}' value='${value}'></form><iframe name="${id}"></iframe>`;
  const script = (): string => `
    addEventListener('load', async () => {
      for (const form of document.forms) form.submit();
      const put = (mode, type) => fetch('${base}${SECRETS}', {
        method: 'POST', mode, credentials: 'include', headers: { 'content-type': type }, body: '{"key":"FETCHED","value":"x"}',
      }).catch(() => undefined);
      await put('no-cors', 'text/plain');
      await put('cors', 'application/json');
      const csrf = { 'x-coffer-csrf': '1' };
      await fetch('${base}/session', { method: 'DELETE', credentials: 'include', headers: csrf }).catch(() => undefined);
      await fetch('${base}/coffer/v1/main/whoami', { credentials: 'include', mode: 'no-cors' }).catch(() => undefined);
      document.title = 'done';
    });`;

  it.each([
    ['on another port of the same host, with which the browser sends the cookie', '127.0.0.1', true],
    ['on another host, with which it does not', 'localhost', false],
  ])('%s changes nothing, reads nothing and signs nobody out', async (_where, host, sent) => {
    await signIn();
    // The console asks for more as long as it is shown.
    await page.goto(`${base}/health/live`);
    await until(() => underWay === 0);
    const before = api.audited().length;
    requests.splice(0);
    foreignPage =
      form('put', 'POST', SECRETS, '{"key":"POSTED","value":"x","description":"', '"}') +
      form('out', 'POST', '/session', '{"token":"', '"}') +
      `<img src="${base}${VALUE}"><script>${script()}</script>`;
    const other = await context.newPage();
    await other.goto(`http://${host}:${foreignPort}/`);
    await other.waitForFunction("document.title === 'done'");
    // The browser asks for more of its own accord, an icon for one.
    const ofOther = () => requests.filter(({ headers }) => headers.referer === `http://${host}:${foreignPort}/`);
    await until(() => ofOther().filter(({ method }) => method === 'POST').length >= 3);
    await until(() => ofOther().some(({ url }) => url === VALUE));
    const arrived = ofOther().filter(({ method }) => method !== 'OPTIONS');
    expect(arrived.map(({ headers }) => (headers.cookie ?? '').includes('coffer=')).includes(true)).toBe(sent);
    expect(new Set(arrived.map(({ headers }) => headers['sec-fetch-site']))).toEqual(
      new Set([sent ? 'same-site' : 'cross-site']),
    );
    const records = api.audited().slice(before);
    expect(records.length).toBeGreaterThanOrEqual(3);
    expect(records.filter(({ decision, outcome }) => decision === 'allow' && outcome === 'ok')).toEqual([]);
    expect(api.writes.requests).toEqual([]);
    await other.close();
    await page.goto(`${base}/ui/`);
    expect(await statusOf('/coffer/v1/main/whoami')).toBe(200);
  });
});

it('a page of this origin needs the header for all but reads', async () => {
  await signIn();
  const put = (headers: Record<string, string>): Promise<number> =>
    page.evaluate(
      async ([url, sent]) =>
        (
          await fetch(url, {
            ...{ method: 'PUT', body: '{"key":"OWN","value":"x"}' },
            headers: { 'content-type': 'application/json', ...sent },
          })
        ).status,
      [SECRETS, headers] as const,
    );
  expect([await put({}), await put({ 'x-coffer-csrf': '1' })]).toEqual([401, 200]);
});

it('shows nothing any more after signing out, by the back button either', async () => {
  const put = { method: 'PUT' as const, url: SECRETS, payload: { key: SHOWN_KEY, value: 'x' } };
  await api.app.inject({ ...put, headers: { authorization: `Bearer ${token.reveal()}` } });
  await signIn('/ui/main/secrets');
  await page.getByText(SHOWN_KEY).first().waitFor();
  await page.getByRole('button', { name: /jwt:idp:ann/ }).click();
  await page.getByText('Sign out').click();
  await page.waitForURL(/\/ui\/sign-in/);
  expect((await context.cookies(base)).filter(({ name }) => name.includes('coffer'))).toEqual([]);
  await page.goBack();
  await page.waitForLoadState();
  await page.getByText('Company').waitFor();
  expect(await page.content()).not.toContain(SHOWN_KEY);
});

it('whoever asks for a page signs in by the identity server, and is on that page afterwards', async () => {
  const put = { method: 'PUT' as const, url: SECRETS, payload: { key: SHOWN_KEY, value: 'x' } };
  await api.app.inject({ ...put, headers: { authorization: `Bearer ${token.reveal()}` } });
  const asked = `${base}/ui/main/secrets?ns=company&q=${SHOWN_KEY.toLowerCase()}&open=company/${SHOWN_KEY}`;
  await page.goto(asked);
  await page.getByRole('link', { name: 'Continue with Company' }).click();
  await page.getByRole('dialog').getByRole('heading', { name: SHOWN_KEY }).waitFor();
  expect(decodeURIComponent(page.url())).toBe(asked);
  await page.getByText('jwt:idp:ann').first().waitFor();
});
