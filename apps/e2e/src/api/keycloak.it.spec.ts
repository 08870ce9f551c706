/**
 * @servers keycloak chromium
 * @named Keycloak is 180 MB and is built before its first start.
 */
import type { Browser } from 'playwright-core';
import { stringify } from 'yaml';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { api, freePort, startCoffer, until, type Answer, type Api, type Coffer } from '../harness/index.js';
import { KeycloakRealm } from './keycloak/keycloak-realm.js';

// A browser and processes, on machines that may be busy.
jest.setTimeout(300_000);

/** Lifetime of access tokens. */
const LIFETIME_SECONDS = 20;
const VALUE = '/coffer/v1/main/namespaces/company.team-a/values/KEY';
const WHOAMI = '/coffer/v1/main/whoami';

let realm: KeycloakRealm;
let coffer: Coffer;
let browser: Browser;

beforeAll(async () => {
  const port = await freePort();
  realm = await KeycloakRealm.make({
    name: 'company',
    lifetimeSeconds: LIFETIME_SECONDS,
    redirectUri: `http://127.0.0.1:${port}/session/issuers/company/callback`,
    people: { ann: ['team-a', 'staff'], bob: ['finance'] },
  });
  const issuer = {
    ...{ id: 'company', preset: 'keycloak', issuer: realm.issuer, audience: realm.clientId, clockSkew: '0s' },
    login: { clientId: realm.clientId, clientSecret: realm.clientSecret, label: 'Company log-in' },
    bindings: [
      {
        when: { groups: 'team-*' },
        grants: [{ tenant: 'main', namespace: 'company.{{claims.groups}}', permissions: 'list,resolve' }],
      },
    ],
  };
  coffer = await startCoffer({ port, config: stringify({ coffer: { access: { issuers: [issuer] } } }) });
  const put = await api(coffer.url, coffer.token).put('company.team-a', { key: 'KEY', value: 'of the team' });
  expect(put.status).toBe(200);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await coffer?.stop();
  await realm?.remove();
});

const as = (token: string): Api => api(coffer.url, token);
const namespacesOf = (answer: Answer): string[] =>
  answer.json<{ grants: { namespace: string }[] }>().grants.map(({ namespace }) => namespace);

describe('a bearer token of Keycloak', () => {
  it('has the grants of the groups of whoever got it by a password', async () => {
    const client = as(await realm.tokenOf('ann'));
    const whoami = await client.call('GET', WHOAMI);
    expect(whoami.json()['principal']).toBe(`jwt:company:${await realm.idOf('ann')}`);
    expect(namespacesOf(whoami)).toEqual(['company.team-a']);
    expect((await client.call('GET', VALUE)).json()['value']).toBe('of the team');
    expect((await client.put('company.team-a', { key: 'KEY', value: 'x' })).status).toBe(403);
  });

  it('of client credentials has those of the groups of its service account', async () => {
    expect((await as(await realm.serviceToken()).call('GET', WHOAMI)).status).toBe(401);
    await realm.join('service-account', 'team-b');
    expect(namespacesOf(await as(await realm.serviceToken()).call('GET', WHOAMI))).toEqual(['company.team-b']);
  });

  it('lets nobody in whom no binding is for, and none that is for another client or for refreshing', async () => {
    const { access, refresh, other } = await realm.refusedTokens('bob', 'ann');
    for (const token of [access, refresh, other]) expect((await as(token).call('GET', WHOAMI)).status).toBe(401);
  });
});

const statusOf = (user: ConsoleUser, path: string): Promise<number> =>
  user.page.evaluate(async (asked) => (await fetch(asked)).status, path);

const logInAtKeycloak = async (user: ConsoleUser, name: string): Promise<void> => {
  const { page, url } = user;
  await page.goto(`${url}/ui/main/secrets?ns=company.team-a`);
  await page.getByRole('link', { name: 'Company log-in' }).click();
  await page.waitForURL(`${realm.issuer}/**`);
  await page.locator('#username').fill(name);
  await page.locator('#password').fill(realm.passwordOf(name));
  await page.locator('#kc-login').click();
  await page.waitForURL(`${url}/ui/**`);
};

describe('in a browser', () => {
  it('somebody logs in at Keycloak by code and PKCE, comes back to their page, reads, and signs out', async () => {
    const user = await ConsoleUser.open(browser, coffer.url);
    const { page } = user;
    const asked: URL[] = [];
    page.on('request', (request) => asked.push(new URL(request.url())));
    await logInAtKeycloak(user, 'ann');
    await user.key('KEY').waitFor();
    expect(new URL(page.url()).search).toBe('?ns=company.team-a');
    const authorization = asked.find(({ pathname }) => pathname.endsWith('/protocol/openid-connect/auth'));
    expect(Object.fromEntries(authorization?.searchParams ?? [])).toMatchObject({
      ...{ response_type: 'code', code_challenge_method: 'S256', client_id: realm.clientId },
    });
    expect([await statusOf(user, VALUE), await statusOf(user, WHOAMI)]).toEqual([200, 200]);
    const [cookie] = (await user.visitor.context.cookies(coffer.url)).filter(({ name }) => name === 'coffer');
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
    const copy = { cookie: `coffer=${cookie?.value}`, 'sec-fetch-site': 'same-origin' };
    const plain = api(coffer.url, '', { authorization: '' });
    expect((await plain.call('GET', WHOAMI, { headers: copy })).status).toBe(401);
    await user.close();
  });

  it('somebody in none of the groups is told so', async () => {
    const user = await ConsoleUser.open(browser, coffer.url);
    await logInAtKeycloak(user, 'bob');
    await user.page.getByRole('alert').waitFor();
    expect(new URL(user.page.url()).searchParams.get('error')).toBe('no-grants');
    await user.close();
  });
});

it('whoever is taken out of a group is refused once their token has ended, and gets no other that counts', async () => {
  const client = as(await realm.tokenOf('ann'));
  expect((await client.call('GET', VALUE)).status).toBe(200);
  await realm.leave('ann', 'team-a');
  expect((await as(await realm.tokenOf('ann')).call('GET', WHOAMI)).status).toBe(401);
  await until('the token has ended', async () => (await client.call('GET', VALUE)).status === 401);
  const user = await ConsoleUser.open(browser, coffer.url);
  await logInAtKeycloak(user, 'ann');
  expect(new URL(user.page.url()).searchParams.get('error')).toBe('no-grants');
  await user.close();
});
