/** @servers chromium */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { parse, stringify } from 'yaml';
import { newToken } from '../attacks/credentials.js';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { picture } from '../console/pictures.js';
import { api, removeFolder, scratchFolder, startCoffer, until, type Api, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

const VALUE = 'value-that-kestra-reads-5521';

const scratch = scratchFolder();
const dataFolder = join(scratch, 'data');
const configFile = join(scratch, 'coffer.yml');
const configure = (access: object): void =>
  writeFileSync(configFile, stringify({ coffer: { access, vault: { enabled: true } } }));
let coffer: Coffer;
let admin: Api;
let browser: Browser;
let user: ConsoleUser;
let kestra: { readonly token: string; readonly entry: object };
let operator: { readonly token: string; readonly entry: object };

const isKnown = async (token: string): Promise<boolean> =>
  (await api(coffer.url, token).call('GET', '/coffer/v1/main/whoami')).status === 200;
const put = async (namespace: string, key: string): Promise<void> => {
  expect((await admin.put(namespace, { key, value: VALUE })).status).toBe(200);
};

beforeAll(async () => {
  configure({});
  [coffer, browser] = await Promise.all([startCoffer({ dataFolder, configFile }), openBrowser()]);
  admin = api(coffer.url, coffer.token);
  kestra = await newToken(dataFolder, 'kestra', 'company:list,resolve', 'main.company:list,resolve');
  operator = await newToken(dataFolder, 'operator', 'company.team:admin,list');
  const bound = { tenant: 'main', namespace: 'ci.{{claims.repository | path}}', permissions: 'resolve' };
  const bindings = [{ when: { repository: 'acme/*' }, grants: [bound] }];
  configure({
    tokens: [kestra.entry, { ...operator.entry, cidrs: '127.0.0.0/8', expires: '2099-01-01T00:00:00Z' }],
    issuers: [{ id: 'forge', issuer: 'https://forge.example', audience: 'coffer', bindings }],
  });
  await until('the tokens count', async () => (await isKnown(kestra.token)) && isKnown(operator.token));
  user = await ConsoleUser.open(browser, coffer.url);
  await user.signIn(coffer.token);
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
  removeFolder(scratch);
});
afterEach(() => expect(user.visitor.complaints).toEqual([]));

/** In the dark, and as wide as a telephone: whatever a page has fits. */
const checkNarrow = async (path: string, shown: (of: ConsoleUser) => Promise<void>, name: string): Promise<void> => {
  const narrow = await ConsoleUser.open(browser, coffer.url, { viewport: { width: 360, height: 740 } });
  await narrow.page.addInitScript("localStorage.setItem('coffer.theme', 'dark')");
  await narrow.signIn(coffer.token);
  await narrow.goTo(path);
  await shown(narrow);
  await narrow.visitor.checkAccessibility();
  expect(await narrow.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  await picture(narrow.page, name);
  expect(narrow.visitor.complaints).toEqual([]);
  await narrow.close();
};

describe('who may do what', () => {
  const rows = (of: ConsoleUser) => of.page.getByRole('region', { name: 'Grants' }).locator('tbody tr');

  it('is a table of every grant, with the place in the configuration that it comes from', async () => {
    await user.goTo('access');
    const row = (text: string) => rows(user).filter({ hasText: text });
    await row('coffer.access.tokens[0].grants[1]').getByText('main.company').waitFor();
    await row('first-start token of the data folder').getByText('admin').waitFor();
    const operators = row('coffer.access.tokens[1].grants[0]');
    for (const text of ['token:operator', 'company.team', 'from 127.0.0.0/8', 'ends in', 'seen here']) {
      await operators.getByText(text).first().waitFor();
    }
    const bound = row('coffer.access.issuers[0].bindings[0].grants[0]');
    for (const text of ['jwt:forge:*', 'ci.{{claims.repository | path}}', 'where repository is acme/*']) {
      await bound.getByText(text).waitFor();
    }
    await user.page.getByText('5 grants').waitFor();
    await user.visitor.checkAccessibility();
    await picture(user.page, 'access');
  });

  it('is found by name, namespace and permission, and the address says so', async () => {
    const { page } = user;
    await page.getByLabel('Principal contains').fill('KESTRA');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/who=KESTRA/);
    await page.getByText('2 grants').waitFor();
    await user.goTo('access?at=company.team&gives=admin');
    await page.getByText('2 grants').waitFor();
    expect(await rows(user).locator('td:first-child .mono').allTextContents()).toEqual([
      ...['token:first-start', 'token:operator'],
    ]);
    await page.getByLabel('Namespace', { exact: true }).fill('company.team');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('may do this').waitFor();
    await page.waitForURL(/at=company\.team.*ns=company\.team|ns=company\.team.*at=company\.team/);
    await user.goTo('access?who=nobody-like-that');
    await page.getByText('No grant is like that.').waitFor();
  });

  it('is told to who administers a namespace as far as it is about that namespace', async () => {
    const other = await ConsoleUser.open(browser, coffer.url);
    await other.signIn(operator.token);
    await other.goTo('access');
    await other.page.getByText('3 grants').waitFor();
    expect(await rows(other).locator('td:first-child .mono').allTextContents()).toEqual([
      ...['token:first-start', 'token:kestra', 'token:operator'],
    ]);
    await other.close();
    const reader = await ConsoleUser.open(browser, coffer.url);
    await reader.signIn(kestra.token);
    await reader.goTo('access');
    await reader.page.getByRole('heading', { name: 'Try as' }).waitFor();
    expect(await reader.page.getByRole('heading', { name: 'Who may do what' }).count()).toBe(0);
    expect(reader.visitor.complaints).toEqual([]);
    await reader.close();
  });

  it('fits on a telephone', () => checkNarrow('access', (narrow) => rows(narrow).first().waitFor(), 'access-narrow'));
});

describe('connecting a Kestra', () => {
  const fileShown = async (): Promise<unknown> =>
    parse((await user.page.getByLabel('application.yml', { exact: true }).textContent()) ?? '');

  it('is offered where there is no secret yet, and says what to write for the jar', async () => {
    const { page } = user;
    await user.goTo('secrets?ns=company');
    await page.getByText('No secrets here yet').waitFor();
    await page.getByRole('button', { name: 'Connect Kestra' }).click();
    await page.getByRole('heading', { name: 'Connect Kestra' }).waitFor();
    await page.waitForURL(/connect\?ns=company/);
    await page.getByText("{{ secret('MY_SECRET') }}").waitFor();
    await page.getByText('token create --id kestra --grant company:list,resolve').waitFor();
    expect(await fileShown()).toEqual({ coffer: { url: coffer.url, 'token-file': '/run/secrets/coffer-token' } });
    await user.visitor.checkAccessibility();
    await picture(page, 'connect');
  });

  it('knows whether one has asked', async () => {
    const { page } = user;
    await put('company', 'MY_SECRET');
    await page.getByLabel('Principal').fill('token:kestra');
    // It has been looked up, and has read nothing yet.
    await page.getByLabel('Principal').fill('token:nobody');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('there is no record of token:nobody').waitFor();
    await page.getByLabel('Principal').fill('token:kestra');
    const { coffer: settings } = (await fileShown()) as { coffer: { url: string } };
    // As the jar asks, with the settings of the page.
    const answer = await api(settings.url, kestra.token).value('company', 'MY_SECRET');
    expect(answer.json()).toMatchObject({ value: VALUE });
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Yes: token:kestra has asked here').waitFor();
    await page.getByText('value read company / MY_SECRET from 127.0.0.1').waitFor();
    await user.visitor.checkAccessibility();
  });

  it('says what to write for the Enterprise edition, and a client of Vault reads with it', async () => {
    const { page } = user;
    await put('main.company', 'MY_SECRET');
    await page.getByLabel('Edition of Kestra').selectOption('enterprise');
    await page.waitForURL(/edition=enterprise/);
    await page.getByText('token create --id kestra --grant main.company:list,resolve').waitFor();
    const { kestra: settings } = (await fileShown()) as {
      kestra: { secret: { type: string; vault: { address: string; 'root-engine': string } } };
    };
    expect(settings.secret.type).toBe('vault');
    const { address, 'root-engine': engine } = settings.secret.vault;
    const answer = await fetch(`${address}/v1/${engine}/data/main/company/MY_SECRET`, {
      headers: { 'x-vault-token': kestra.token },
    });
    expect(await answer.json()).toMatchObject({ data: { data: { value: VALUE } } });
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('main.company / MY_SECRET').waitFor();
    await user.visitor.checkAccessibility();
  });

  it('is an action of the palette, and fits on a telephone', async () => {
    await user.goTo('secrets');
    await user.page.keyboard.press('Control+k');
    await user.dialog.getByRole('combobox').fill('kestra');
    await user.dialog.getByRole('option', { name: 'Connect Kestra' }).waitFor();
    await user.page.keyboard.press('Enter');
    await user.page.getByRole('heading', { name: 'Connect Kestra' }).waitFor();
    await checkNarrow('connect', (narrow) => narrow.page.getByText('MY_SECRET').first().waitFor(), 'connect-narrow');
  });
});
