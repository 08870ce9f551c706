/** @servers chromium */
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { api, startCoffer, until, type Api, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

let coffer: Coffer;
let admin: Api;
let browser: Browser;
let user: ConsoleUser;
let page: Page;

const valueOf = async (namespace: string, key: string): Promise<string | undefined> => {
  const answer = await admin.value(namespace, key);
  return answer.status === 200 ? answer.json<{ value: string }>().value : undefined;
};
const button = (name: string | RegExp) => user.dialog.getByRole('button', { name, exact: true });
const pressButton = async (name: string | RegExp): Promise<void> => {
  await user.tabTo(button(name));
  await page.keyboard.press('Enter');
};
/** Moves the focus in the table, by arrows alone, to the row of a key. It moves when the page has drawn, not at once. */
const moveTo = async (key: string): Promise<void> => {
  const focused = () => page.evaluate<string>("document.activeElement?.closest('tr')?.textContent ?? ''");
  let presses = 0;
  await until(`the focus is in the row of ${key}`, async () => {
    if ((await focused()).includes(key)) return true;
    presses += 1;
    await page.keyboard.press(presses % 6 === 2 ? 'Home' : 'ArrowDown');
    return false;
  });
};
const closeDialog = async (): Promise<void> => {
  await page.keyboard.press('Escape');
  await user.noDialog();
};

beforeAll(async () => {
  [coffer, browser] = await Promise.all([startCoffer(), openBrowser()]);
  admin = api(coffer.url, coffer.token);
  for (const key of ['ALPHA', 'BETA', 'GAMMA']) {
    expect((await admin.put('company', { key, value: 'x' })).status).toBe(200);
  }
  user = await ConsoleUser.open(browser, coffer.url);
  ({ page } = user);
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
});
afterEach(() => {
  expect(user.visitor.complaints).toEqual([]);
});

it('signs in, searches, and goes on to what was found', async () => {
  await user.goTo('secrets?ns=company');
  await page.getByLabel('Access token').waitFor();
  await user.tabTo(page.getByLabel('Access token'));
  await page.keyboard.insertText(coffer.token);
  await page.keyboard.press('Enter');
  await user.key('BETA').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('bet');
  await page.getByText('one secret').waitFor();
  await moveTo('BETA');
  await page.keyboard.press('Enter');
  await user.dialog.getByRole('heading', { name: 'BETA' }).waitFor();
  await closeDialog();
  await page.keyboard.press('/');
  await page.keyboard.press('Delete');
  await page.getByText('3 secrets').waitFor();
  await user.tabTo(page.getByRole('switch', { name: 'with inherited' }));
  await page.keyboard.press('Space');
  await page.waitForURL(/inherit=true/);
});

it('changes a secret', async () => {
  await user.goTo('secrets?ns=company');
  await user.key('BETA').waitFor();
  await moveTo('BETA');
  await page.keyboard.press('e');
  const value = user.dialog.getByRole('textbox', { name: 'Value', exact: true });
  await user.focused(value);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('changed');
  await pressButton('Review');
  await user.dialog.getByText('changed').first().waitFor();
  await pressButton('Save');
  await user.dialog.getByText('Saved.').waitFor();
  await closeDialog();
  expect(await valueOf('company', 'BETA')).toBe('changed');
});

it('does something with several at once', async () => {
  await moveTo('ALPHA');
  await page.keyboard.press('x');
  await moveTo('BETA');
  await page.keyboard.press('x');
  const bar = page.getByRole('region', { name: 'Selected secrets' });
  await bar.getByText('2 selected').waitFor();
  await user.tabTo(bar.getByRole('button', { name: 'Copy to' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await user.tabTo(user.dialog.getByLabel('Namespace to put them in'));
  await page.keyboard.type('company.team');
  await page.keyboard.press('Enter');
  await button('Apply 2').waitFor();
  await pressButton('Apply 2');
  await user.dialog.getByRole('cell', { name: 'done' }).first().waitFor();
  await closeDialog();
  expect([await valueOf('company.team', 'ALPHA'), await valueOf('company.team', 'BETA')]).toEqual(['x', 'changed']);
});

it('deletes a secret, and the focus stays in the table', async () => {
  await user.goTo('secrets?ns=company&children=false');
  await user.key('GAMMA').waitFor();
  await moveTo('GAMMA');
  await page.keyboard.press('Delete');
  await button('Apply 1').waitFor();
  await pressButton('Apply 1');
  await user.dialog.getByRole('cell', { name: 'done' }).waitFor();
  await closeDialog();
  await user.key('GAMMA').waitFor({ state: 'detached' });
  expect((await admin.value('company', 'GAMMA')).status).toBe(404);
  await page.locator('button.key:focus').waitFor();
});

it('makes a column wider, for good', async () => {
  const width = () => page.evaluate<number>("document.querySelector('thead th:nth-child(2)').offsetWidth");
  const before = await width();
  const separator = page.getByRole('separator', { name: 'Width of the column Key' });
  await user.tabTo(separator, 'Shift+Tab');
  for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await until('the column is wider', async () => (await width()) === before + 48);
  await page.locator(`[role=separator][aria-valuenow="${before + 48}"]`).waitFor();
  await user.visitor.checkAccessibility();
  await page.reload();
  await user.key('ALPHA').waitFor();
  await until('the column is as wide as before', async () => (await width()) === before + 48);
});

it('goes anywhere by the palette, moves through the tree, and signs out', async () => {
  await page.keyboard.press('Control+k');
  await user.focused(user.dialog.getByRole('combobox'));
  await page.keyboard.type('company.team');
  await user.dialog.getByRole('option', { name: 'company.team' }).last().waitFor();
  await closeDialog();
  await user.tabTo(page.getByRole('treeitem', { name: 'company' }).first(), 'Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'company.team' }).waitFor();
  await user.tabTo(page.getByRole('button', { name: /^Account/ }));
  await page.keyboard.press('Enter');
  await user.focused(page.getByRole('menuitem', { name: 'What I may do' }));
  await user.tabTo(page.getByRole('menuitem', { name: 'Sign out' }), 'ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
});
