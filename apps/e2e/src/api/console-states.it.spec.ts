/** @servers chromium postgresql */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FaultyProxy } from '@coffer/backend-conformance/faults';
import { postgresqlHarness } from '@coffer/backend-jdbc/testing';
import type { Browser } from 'playwright-core';
import { stringify } from 'yaml';
import { newToken } from '../attacks/credentials.js';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { picture } from '../console/pictures.js';
import {
  api,
  freePort,
  removeFolder,
  scratchFolder,
  spawnCoffer,
  startCoffer,
  until,
  type Api,
  type Answer,
  type SpawnedCoffer,
} from '../harness/index.js';

// A browser, processes and a database, on machines that may be busy.
jest.setTimeout(300_000);

const VALUE = 'value-of-a-state-8842';

const scratch = scratchFolder();
const dataFolder = join(scratch, 'data');
const configFile = join(scratch, 'coffer.yml');
const database = postgresqlHarness();
let proxy: FaultyProxy;
let coffer: SpawnedCoffer;
let url: string;
let token: string;
let admin: Api;
let reader: { readonly token: string; readonly entry: object };
let browser: Browser;
let user: ConsoleUser;

/** `remote` and `archive` are namespaces in PostgreSQL, the first one behind a proxy; the rest is in the embedded database. */
const configure = async (archive: object, access: object): Promise<void> => {
  const { host, port, database: name, username, password } = await database.connection();
  const manager = (namespace: string, address: string) => ({
    ...{ namespace, type: 'jdbc' },
    jdbc: {
      ...{ secret: SEALING_SECRET, prefix: namespace },
      datasource: { url: `jdbc:postgresql://${address}/${name}`, username, password: password.reveal() },
    },
  });
  const managers = [
    manager('remote', `127.0.0.1:${proxy.port}`),
    { ...manager('archive', `${host}:${port}`), ...archive },
  ];
  writeFileSync(configFile, stringify({ coffer: { access, catalogue: { refresh: '1s' }, managers } }));
};
const isOk = ({ status }: Answer): boolean => status === 200;
const SEALING_SECRET = randomBytes(24).toString('base64');

const put = async (namespace: string, key: string, value: string, more: object = {}): Promise<void> => {
  const { status, text } = await admin.put(namespace, { key, value, ...more });
  expect([status, text]).toEqual([200, expect.any(String)]);
};

beforeAll(async () => {
  const { host, port: databasePort } = await database.connection();
  [proxy, browser] = await Promise.all([FaultyProxy.to(databasePort, { host }), openBrowser()]);
  await configure({}, {});
  const first = await startCoffer({ dataFolder, configFile });
  admin = api(first.url, first.token);
  await put('archive', 'OLD_KEY', VALUE, { description: 'Kept for the record' });
  await put('remote', 'EDGE_TOKEN', VALUE, { description: 'Of the edge' });
  await put('remote', 'SECOND', VALUE);
  await put('remote', 'THIRD', VALUE);
  await put('company', 'SHARED', 'one');
  await put('company', 'ONLY_IN_A', 'two');
  await put('company', 'DIFFERENT', 'three');
  await put('other', 'SHARED', 'one');
  await put('other', 'DIFFERENT', 'four');
  await first.stop();
  reader = await newToken(dataFolder, 'reader', 'company:list');
  const login = { clientId: 'coffer', label: 'Company log-in' };
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const grants = [{ tenant: 'main', namespace: 'company', permissions: 'list' }];
  await configure(
    { readOnly: true },
    {
      tokens: [reader.entry],
      issuers: [{ id: 'company', issuer, audience: 'coffer', login, bindings: [{ when: { sub: '*' }, grants }] }],
    },
  );
  // The store of `remote` is out of reach when the gateway first looks.
  proxy.set('reset');
  token = first.token;
  const port = await freePort();
  coffer = spawnCoffer({ dataFolder, configFile, token, port });
  url = `http://127.0.0.1:${port}`;
  admin = api(url, token);
  // It is ready only when all stores are; until then it serves what it can.
  await until('the gateway answers', () => admin.call('GET', '/health/live').then(isOk, () => false));
  user = await ConsoleUser.open(browser, url);
  await user.signIn(token);
});
afterAll(async () => {
  // What did not come to be when the suite began is not there to be ended.
  await (browser as Browser | undefined)?.close();
  await (coffer as SpawnedCoffer | undefined)?.stop();
  await (proxy as FaultyProxy | undefined)?.close();
  await database.close();
  removeFolder(scratch);
});

describe('a store that is out of reach', () => {
  it('is named where others are listed, and its own namespace says that nothing answers', async () => {
    const { page } = user;
    await user.key('ONLY_IN_A').waitFor();
    await page.getByRole('alert').filter({ hasText: 'its secrets are missing from this list' }).waitFor();
    // The tree has what it can have.
    await page.getByRole('treeitem', { name: 'company' }).waitFor();
    await page.getByText('its namespaces may be missing').waitFor();
    await user.visitor.checkAccessibility();
    await picture(page, 'unlisted');
    await user.goTo('secrets?ns=remote');
    await page.getByRole('heading', { name: 'Nothing answers' }).waitFor();
    await user.visitor.checkAccessibility();
    await picture(page, 'store-down');
    await user.goTo('system');
    const row = page.getByRole('row').filter({ hasText: 'remote' });
    await row.getByText('out of reach').waitFor();
    await user.visitor.checkAccessibility();
    await picture(page, 'system');
  });

  it('is there again when somebody tries once more', async () => {
    const { page } = user;
    await user.goTo('secrets?ns=remote');
    await page.getByRole('heading', { name: 'Nothing answers' }).waitFor();
    await user.goTo('system');
    const row = page.getByRole('row').filter({ hasText: 'remote' });
    await row.getByText('out of reach').waitFor();
    await page.evaluate("window.sameDocument = 'yes'");
    proxy.set('pass');
    // The page is read again by itself, and says when.
    await page.getByText(/As of .*; read again every 10 s/).waitFor();
    await row.getByText('ok', { exact: true }).waitFor();
    expect(await page.evaluate('window.sameDocument')).toBe('yes');
    await user.goTo('secrets?ns=remote');
    await until('the list is there', async () => {
      const again = page.locator('#content').getByRole('button', { name: 'Try again' });
      // The list may be there of itself meanwhile.
      if (await again.isVisible()) await again.click({ timeout: 1_000 }).catch(() => undefined);
      return user.key('EDGE_TOKEN').isVisible();
    });
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('treeitem', { name: 'remote' }).waitFor();
    await page.getByText('its namespaces may be missing').waitFor({ state: 'detached' });
  });

  it('keeps a value from being read, and says why', async () => {
    const { page } = user;
    proxy.set('reset');
    await user.key('EDGE_TOKEN').click();
    await user.press('Reveal');
    await user.dialog.getByRole('alert').filter({ hasText: 'The store cannot be reached' }).waitFor();
    await user.visitor.checkAccessibility();
    proxy.set('pass');
    await until('it is read', async () => {
      const reveal = user.dialog.getByRole('button', { name: 'Reveal', exact: true });
      // It may be on its way to be shown already.
      await reveal.click({ timeout: 1_000 }).catch(() => undefined);
      return user.dialog.getByText(VALUE).isVisible();
    });
    await page.keyboard.press('Escape');
  });
});

describe('a store that was changed without Coffer', () => {
  it('shows what changed and what is gone; to adopt it ends that, to ignore it lasts until one does so no longer', async () => {
    const { page } = user;
    proxy.set('pass');
    await database.execute(
      `UPDATE coffer_secrets SET description = 'changed by hand' WHERE prefix = 'remote' AND secret_key = 'EDGE_TOKEN'`,
      `DELETE FROM coffer_secrets WHERE prefix = 'remote' AND secret_key = 'SECOND'`,
      `UPDATE coffer_secrets SET description = 'kept by hand' WHERE prefix = 'remote' AND secret_key = 'THIRD'`,
    );
    await user.goTo('system');
    const drift = page.getByRole('link', { name: /2 changed, 1 deleted/ });
    await until('the drift is found', async () => {
      await page.reload();
      await page.getByRole('heading', { name: 'Stores' }).waitFor();
      return drift.isVisible();
    });
    await user.visitor.checkAccessibility();
    await drift.click();
    await page.locator('.badge', { hasText: 'missing in store' }).waitFor();
    await user.key('EDGE_TOKEN').click();
    await user.dialog.getByText('was changed in its store').waitFor();
    await user.dialog.getByText('Coffer keeps no copy of a value').waitFor();
    await user.visitor.checkAccessibility();
    await picture(page, 'drift');
    await user.press('Ignore');
    await user.dialog.getByText('and that is ignored').waitFor();
    // It is the gateway that keeps it.
    await user.goTo('secrets?ns=remote&state=ignored&open=remote%2FEDGE_TOKEN');
    await user.dialog.getByText('and that is ignored').waitFor();
    await user.visitor.checkAccessibility();
    await user.press('Ignore no longer');
    await user.dialog.getByText('was changed in its store without Coffer.').waitFor();
    await user.press('Ignore');
    await user.dialog.getByText('and that is ignored').waitFor();
    await user.goTo('secrets?ns=remote&state=drifted&state=missing');
    await user.key('SECOND').waitFor();
    expect(await user.key('EDGE_TOKEN').count()).toBe(0);
    await user.key('SECOND').click();
    await user.press('Restore ours…');
    const value = user.dialog.getByRole('textbox', { name: 'Value', exact: true });
    await value.waitFor();
    expect(await value.textContent()).toBe('');
    await user.press('Cancel');
    await page.keyboard.press('Escape');
    await user.key('SECOND').click();
    await user.dialog.getByText('was deleted from its store').waitFor();
    await user.press('Adopt');
    await user.dialog.getByText('There is no such secret in the list').waitFor();
    await page.keyboard.press('Escape');
    await user.key('SECOND').waitFor({ state: 'detached' });
  });

  it('is taken over as it is, and the keyboard goes on from there', async () => {
    const { page } = user;
    await user.key('THIRD').click();
    await user.dialog.getByText('was changed in its store').waitFor();
    await user.press('Adopt');
    await user.dialog.getByText('was changed in its store').waitFor({ state: 'detached' });
    await user.dialog.getByRole('tab', { name: 'Metadata' }).click();
    await user.dialog.getByText('kept by hand').waitFor();
    await user.dialog.getByRole('tab', { name: 'Value' }).click();
    await page.keyboard.press('Escape');
    await user.noDialog();
    await user.key('THIRD').waitFor({ state: 'detached' });
    expect((await admin.value('remote', 'THIRD')).json()['value']).toBe(VALUE);
  });
});

describe('what a store does not take', () => {
  it('is said while one types, and cannot be submitted', async () => {
    await user.goTo('secrets?ns=company&new=1');
    await user.dialog.getByText(/^0 of [\d,]+ bytes/).waitFor();
    await user.dialog.getByLabel('Key').fill('LARGE');
    await user.dialog.getByRole('textbox', { name: 'Value', exact: true }).fill('é'.repeat(300_000));
    await user.dialog.getByText('The value has 600,000 bytes; this store takes 524,288.').waitFor();
    await user.visitor.checkAccessibility();
    const review = (disabled: boolean) => user.dialog.getByRole('button', { name: 'Review', disabled }).waitFor();
    await review(true);
    await user.dialog.getByRole('textbox', { name: 'Value', exact: true }).fill('small');
    await user.dialog.getByText('The value has').waitFor({ state: 'detached' });
    await review(false);
    await user.dialog.getByRole('button', { name: 'Add a tag' }).click();
    await user.dialog.getByLabel('Name of tag 1').fill('n'.repeat(200));
    await user.dialog.getByText('The longest name of a tag has 200 characters').waitFor();
    await user.dialog.getByLabel('Namespace').fill('archive');
    await user.dialog.getByText('The store of this namespace is read-only').waitFor();
    await review(true);
    await user.press('Cancel');
    await user.noDialog();
  });
});

describe('a read-only store', () => {
  it('shows what is there, and greys what it cannot do with the reason in words', async () => {
    const { page } = user;
    await user.goTo('secrets?ns=archive');
    await user.key('OLD_KEY').waitFor();
    await page.getByText('This store is read-only').waitFor();
    await user.connection('Read-only');
    await page.getByRole('button', { name: 'New secret', disabled: true }).waitFor();
    await user.visitor.checkAccessibility();
    await picture(page, 'read-only');
    await user.key('OLD_KEY').focus();
    await page.keyboard.press('Delete');
    await page.keyboard.press('e');
    await page.keyboard.press('Enter');
    for (const name of ['Edit', 'Delete']) {
      await user.dialog.getByRole('button', { name, exact: true, disabled: true }).waitFor();
    }
    await user.press('Reveal');
    await user.dialog.getByText(VALUE).waitFor();
    expect((await admin.value('archive', 'OLD_KEY')).status).toBe(200);
  });
});

describe('two namespaces compared', () => {
  it('tells same, different and missing apart without a value, and copies across by a plan', async () => {
    const { page } = user;
    const seen = user.visitor.answers.length;
    await user.goTo('compare');
    await page.getByText('Choose two namespaces').waitFor();
    await user.visitor.checkAccessibility();
    await page.getByLabel('Namespace A').fill('company');
    await page.getByLabel('Namespace B').fill('other');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    for (const [key, verdict] of Object.entries({ SHARED: 'same', DIFFERENT: 'different', ONLY_IN_A: 'missing' })) {
      await page.getByRole('row').filter({ hasText: key }).locator('td').first().getByText(verdict).waitFor();
    }
    await user.visitor.checkAccessibility();
    await picture(page, 'compare');
    await page.getByLabel('Verdict').selectOption('missing');
    await page.getByText('one key').waitFor();
    await page.getByRole('rowheader').filter({ hasText: 'SHARED' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['ONLY_IN_A']);
    await page.getByRole('button', { name: 'Fill in one in other' }).click();
    await user.press('Apply 1');
    await user.dialog.getByRole('cell', { name: 'done' }).waitFor();
    await user.press('Close');
    await page.getByText('No keys to compare').waitFor();
    expect((await admin.value('other', 'ONLY_IN_A')).json()['value']).toBe('two');
    for (const value of ['one', 'two', 'three', 'four']) {
      expect(user.visitor.answers.slice(seen).join('\n')).not.toContain(`"${value}"`);
    }
  });
});

describe('who may do less', () => {
  it('may list alone: sees no action, no other namespace, and no page of administrators', async () => {
    const other = await ConsoleUser.open(browser, url);
    const { page } = other;
    await other.signIn(reader.token);
    await other.key('ONLY_IN_A').waitFor();
    expect(await other.visitor.everything()).not.toContain('OLD_KEY');
    for (const name of ['New secret', 'Import']) expect(await page.getByRole('button', { name }).count()).toBe(0);
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Access' }).waitFor();
    expect(await pages.getByRole('link').allInnerTexts()).toEqual(['Secrets', 'Access']);
    await other.visitor.checkAccessibility();
    await other.key('ONLY_IN_A').focus();
    for (const key of ['n', 'e', 'Delete']) await page.keyboard.press(key);
    await page.keyboard.press('Enter');
    await other.dialog.getByRole('button', { name: 'Reveal', exact: true, disabled: true }).waitFor();
    for (const name of ['Edit', 'Delete']) expect(await other.dialog.getByRole('button', { name }).count()).toBe(0);
    await other.visitor.checkAccessibility();
    for (const name of ['system', 'audit']) {
      await other.goTo(name);
      await page.getByRole('heading', { name: 'This is not for you to see' }).first().waitFor();
    }
    // What the browser itself says of a refused request is no fault of the page.
    expect(other.visitor.complaints.filter((text) => !text.includes('status of 403'))).toEqual([]);
    await other.close();
  });

  it('signs in with the buttons of the issuers as well; one that is out of reach is said so', async () => {
    const other = await ConsoleUser.open(browser, url);
    const { page } = other;
    await other.goTo('secrets?ns=company');
    await page.getByRole('link', { name: 'Continue with Company log-in' }).waitFor();
    await other.visitor.checkAccessibility();
    await picture(page, 'sign-in-issuers');
    await page.getByRole('link', { name: 'Continue with Company log-in' }).click();
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    await page.getByLabel('Access token').fill(reader.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'company' }).waitFor();
    expect(other.visitor.complaints).toEqual([]);
    await other.close();
  });
});

describe('what others may try with a session', () => {
  const sessionOf = async (of: ConsoleUser): Promise<string> => {
    const cookies = await of.visitor.context.cookies(url);
    const cookie = cookies.find(({ name }) => name === 'coffer');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    return `coffer=${cookie?.value}`;
  };
  const send = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const PUT = '/api/v1/main/namespaces/company/secrets';

  it('a stolen cookie without the header changes and reads nothing; a token in a URL is none', async () => {
    const cookie = await sessionOf(user);
    const body = JSON.stringify({ key: 'STOLEN', value: 'x' });
    const json = { 'content-type': 'application/json' };
    expect((await send('PUT', PUT, { cookie, ...json }, body)).status).toBe(401);
    const crossSite = { 'x-coffer-csrf': '1', 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await send('PUT', PUT, { cookie, ...json, ...crossSite }, body)).status).toBe(401);
    const value = '/coffer/v1/main/namespaces/company/values/SHARED';
    expect((await send('GET', value, { cookie })).status).toBe(401);
    expect((await send('GET', value, { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    for (const name of ['token', 'access_token', 'coffer']) {
      expect((await send('GET', `${value}?${name}=${token}`, {})).status).toBe(401);
    }
    expect((await admin.value('company', 'STOLEN')).status).toBe(404);
  });

  it('a form of another site does nothing, and a token in the address of the console signs nobody in', async () => {
    const { context } = user.visitor;
    const page = await context.newPage();
    // Another site: 127.0.0.1 and localhost are not the same one.
    const { port } = new URL(url);
    const form = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<form method="post" enctype="text/plain" action="http://127.0.0.1:${port}${PUT}">
        <input name='{"key":"FORGED","value":"x","a":"' value='"}'></form><script>document.forms[0].submit()</script>`);
    });
    form.listen(0, '127.0.0.1');
    await once(form, 'listening');
    try {
      const answered = page.waitForResponse((response) => response.url().endsWith(PUT));
      await page.goto(`http://localhost:${(form.address() as AddressInfo).port}/`).catch(() => undefined);
      // Not for its body: it is nobody's.
      expect((await answered).status()).toBe(401);
      expect((await admin.value('company', 'FORGED')).status).toBe(404);
    } finally {
      form.close();
      await page.close();
    }
    const other = await ConsoleUser.open(browser, url);
    await other.goTo(`secrets?token=${token}&access_token=${token}`);
    await other.page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
    expect(await other.visitor.context.cookies()).toEqual([]);
    await other.close();
  });
});
