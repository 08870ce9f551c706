/** @servers chromium */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { stringify } from 'yaml';
import { newToken } from '../attacks/credentials.js';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { api, removeFolder, scratchFolder, startCoffer, until, type Api, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

const DAY_MS = 86_400_000;

const scratch = scratchFolder();
const dataFolder = join(scratch, 'data');
const configFile = join(scratch, 'coffer.yml');
const configure = (...tokens: object[]): void =>
  writeFileSync(configFile, stringify({ coffer: { access: { tokens } } }));
let coffer: Coffer;
let admin: Api;
let browser: Browser;
let user: ConsoleUser;
let page: Page;
let other: { readonly token: string; readonly entry: object };

const put = async (key: string, value = 'x', namespace = 'company'): Promise<void> => {
  expect((await admin.put(namespace, { key, value })).status).toBe(200);
};
const remove = async (key: string): Promise<void> => {
  expect((await admin.delete('company', key)).status).toBe(204);
};
const valueOf = async (key: string): Promise<unknown> => (await admin.value('company', key)).json()['value'];
const editorOf = (of: ConsoleUser) => of.dialog.getByRole('textbox', { name: 'Value', exact: true });
const isList = (url: URL): boolean => url.pathname.endsWith('/secrets');
const isStream = (url: URL): boolean => url.pathname.endsWith('/events');

beforeAll(async () => {
  configure();
  [coffer, browser] = await Promise.all([startCoffer({ dataFolder, configFile }), openBrowser()]);
  admin = api(coffer.url, coffer.token);
  other = await newToken(dataFolder, 'other', 'company:list,resolve,write,delete');
  configure(other.entry);
  const whoami = () => api(coffer.url, other.token).call('GET', '/coffer/v1/main/whoami');
  await until('the token counts', async () => (await whoami()).status === 200);
  await put('FIRST');
  await put('OF_TEAM', 'x', 'company.team');
  user = await ConsoleUser.open(browser, coffer.url);
  ({ page } = user);
  await user.signIn(coffer.token);
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
  removeFolder(scratch);
});
afterEach(async () => {
  await page.unrouteAll({ behavior: 'wait' });
  // What the browser itself says of a secret that is gone is no fault of the page.
  expect(user.visitor.complaints.filter((text) => !text.includes('status of 404'))).toEqual([]);
});

describe('the list', () => {
  it('is shown while changes come faster than it is answered', async () => {
    await user.goTo('secrets?ns=company');
    await user.key('FIRST').waitFor();
    await user.connection('Live');
    await page.route(isList, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      // It may have been given up meanwhile.
      await route.continue().catch(() => undefined);
    });
    let isSeen = false;
    const flood = async (): Promise<void> => {
      for (let round = 0; !isSeen; round += 1) await put('OFTEN', String(round));
    };
    await Promise.all([
      flood(),
      user
        .key('OFTEN')
        .waitFor()
        .finally(() => (isSeen = true)),
    ]);
    await remove('OFTEN');
    await user.key('OFTEN').waitFor({ state: 'detached' });
  });

  it('and the tree are asked for once when a page is opened, and again when something has changed', async () => {
    const visitor = await ConsoleUser.open(browser, coffer.url);
    await visitor.page.clock.install();
    await visitor.signIn(coffer.token);
    await visitor.key('FIRST').waitFor();
    let asked = 0;
    visitor.page.on('request', (request) => {
      if (request.url().endsWith('/namespaces')) asked += 1;
    });
    await visitor.goTo('secrets?ns=company');
    await visitor.key('FIRST').waitFor();
    await visitor.connection('Live');
    await visitor.page.getByRole('treeitem', { name: 'company' }).first().waitFor();
    await visitor.page.clock.runFor(5_000);
    expect(asked).toBe(1);
    await put('IN_TREE', 'x', 'elsewhere');
    await visitor.page.getByRole('treeitem', { name: 'elsewhere' }).waitFor();
    expect((await admin.delete('elsewhere', 'IN_TREE')).status).toBe(204);
    await visitor.close();
  });

  it('says how long ago something was by the clock of the gateway, whatever the browser believes', async () => {
    for (const error of [DAY_MS, -DAY_MS]) {
      const visitor = await ConsoleUser.open(browser, coffer.url);
      await visitor.page.clock.install({ time: Date.now() + error });
      await visitor.signIn(coffer.token);
      await put('JUST_NOW', String(error));
      await visitor.goTo('secrets?ns=company&q=JUST_NOW');
      const row = visitor.page.getByRole('row').filter({ has: visitor.key('JUST_NOW') });
      await row.getByText(/now|sec\.|min\./).waitFor();
      expect(visitor.visitor.complaints).toEqual([]);
      await visitor.close();
    }
  });
});

describe('what is typed', () => {
  const type = async (path: string, text: string): Promise<void> => {
    await user.goTo(path);
    if (!path.includes('new=1')) await user.press('Edit');
    else await user.dialog.getByLabel('Key').fill('TYPED');
    await editorOf(user).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(text);
  };
  const kept = async (text: string): Promise<void> => {
    await user.dialog.getByText('What you typed is not saved.').waitFor();
    await user.press('Go on editing');
    await editorOf(user).getByText(text).waitFor();
  };

  it('is not lost by a step back, nor by a reload', async () => {
    await user.goTo('secrets?ns=company');
    await user.key('FIRST').waitFor();
    await page.getByRole('button', { name: 'New secret' }).click();
    await user.dialog.getByLabel('Key').fill('TYPED');
    await editorOf(user).click();
    await page.keyboard.type('precious');
    await page.goBack();
    await kept('precious');
    expect(new URL(page.url()).searchParams.get('new')).toBe('1');
    const asked = page.waitForEvent('dialog');
    await page.evaluate('setTimeout(() => location.reload())');
    const question = await asked;
    expect(question.type()).toBe('beforeunload');
    await question.dismiss();
    await editorOf(user).getByText('precious').waitFor();
    await page.keyboard.press('Escape');
    await user.press('Discard it');
    await user.noDialog();
    expect(new URL(page.url()).searchParams.get('new')).toBeNull();
    await page.goBack();
    await page.goForward();
    expect((await admin.value('company', 'TYPED')).status).toBe(404);
  });

  it('is told that the secret was deleted meanwhile, and is written only where nobody made it again', async () => {
    await put('DELETED', 'before');
    await type('secrets?ns=company&open=company%2FDELETED', ' mine');
    await remove('DELETED');
    await user.dialog.getByText('Somebody else has deleted this secret meanwhile').waitFor();
    await user.press('Review');
    await user.press('Save');
    await user.dialog.getByText('Somebody else deleted this secret while you were editing it').waitFor();
    await user.visitor.checkAccessibility();
    await put('DELETED', 'made again');
    await user.press('Make it again with mine');
    await user.dialog.getByText('made again').first().waitFor();
    expect(await valueOf('DELETED')).toBe('made again');
    await user.press('Overwrite with mine');
    await user.dialog.getByText('Saved.').waitFor();
    expect(await valueOf('DELETED')).toBe('before mine');
    await user.press('Close');
    await page.keyboard.press('Escape');
    await user.noDialog();
    await remove('DELETED');
  });

  it('of an import has a result for each row, where two have the same key as well', async () => {
    await user.goTo('import?ns=company');
    await page.getByLabel('Paste text here').fill('twice=one\nTWICE=two\n');
    await page.getByLabel('Upper case').check();
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: 'Write 1' }).click();
    await page.getByRole('heading', { name: 'Import finished' }).waitFor();
    const results = page.getByRole('region', { name: 'What would happen' }).locator('tbody .badge');
    expect(await results.allInnerTexts()).toEqual(['done', 'refused']);
    expect(await valueOf('TWICE')).toBe('one');
    await remove('TWICE');
  });
});

describe('access', () => {
  it('that was only taken for ended goes on', async () => {
    let asked = 0;
    await page.route(isStream, (route) => {
      asked += 1;
      if (asked > 1) return route.continue();
      const body = 'event: ready\ndata: {}\n\nevent: end\ndata: {"reason":"revoked"}\n\n';
      return route.fulfill({ status: 200, contentType: 'text/event-stream', body });
    });
    await user.goTo('secrets?ns=company');
    await until('the stream is there again', () => asked > 1);
    await user.connection('Live');
    await put('STILL_LIVE');
    await user.key('STILL_LIVE').waitFor();
    await remove('STILL_LIVE');
  });

  it('that becomes less takes away what may not be done or seen any more, without a new page', async () => {
    const less = await ConsoleUser.open(browser, coffer.url);
    await less.signIn(other.token);
    await less.goTo('secrets?ns=company');
    await less.key('FIRST').waitFor();
    await less.connection('Live');
    const newSecret = less.page.getByRole('button', { name: 'New secret' });
    await newSecret.waitFor();
    configure({ ...other.entry, grants: [{ tenant: 'main', namespace: 'company.team', permissions: 'list' }] });
    await less.key('FIRST').waitFor({ state: 'detached' });
    await newSecret.waitFor({ state: 'detached' });
    await less.key('OF_TEAM').waitFor();
    expect(less.visitor.complaints).toEqual([]);
    // And what has ended shows nothing.
    configure();
    await less.page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
    expect(await less.visitor.everything()).not.toContain('OF_TEAM');
    await less.close();
    configure(other.entry);
  });

  it('that was ended in another page of the browser shows nothing here', async () => {
    const visitor = await ConsoleUser.open(browser, coffer.url);
    await visitor.signIn(coffer.token);
    await visitor.goTo('secrets?ns=company&open=company%2FFIRST');
    await visitor.dialog.getByRole('button', { name: 'Reveal', exact: true }).waitFor();
    const second = await visitor.visitor.context.newPage();
    await second.goto(`${coffer.url}/ui/main/secrets`);
    await second.getByRole('button', { name: /^Account/ }).click();
    await second.getByRole('menuitem', { name: 'Sign out' }).click();
    await visitor.page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
    expect(await visitor.visitor.everything()).not.toContain('FIRST');
    await visitor.close();
  });

  it('is had without a storage of the browser', async () => {
    const visitor = await ConsoleUser.open(browser, coffer.url);
    await visitor.page.addInitScript(`for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get: () => { throw new DOMException('refused', 'SecurityError'); } })`);
    await visitor.signIn(coffer.token);
    await visitor.key('FIRST').waitFor();
    await visitor.page.getByRole('button', { name: 'Appearance and language' }).click();
    await visitor.page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await visitor.page.locator('html.dark').waitFor({ state: 'attached' });
    await visitor.page.reload();
    await visitor.key('FIRST').waitFor();
    // Nothing says whether there is a session, so that a first visit asks, in vain.
    expect(visitor.visitor.complaints.filter((text) => !text.includes('status of 401'))).toEqual([]);
    await visitor.close();
  });
});
