/** @servers chromium */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { startCoffer, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

const VALUE = "it's a value with 'quotes' and spaces";

let coffer: Coffer;
let browser: Browser;
let user: ConsoleUser;

/** As a shell runs it, and nothing but what it prints. */
const shell = async (command: string): Promise<string> =>
  (
    await promisify(execFile)('sh', ['-c', command], {
      env: { PATH: process.env['PATH'] ?? '', COFFER_TOKEN: coffer.token },
    })
  ).stdout;

/** What is copied of the command that the page in front shows. */
const copiedCommand = async (name: string): Promise<string> => {
  await user.dialog.getByRole('tab', { name: 'Use it' }).click();
  await user.dialog.getByRole('button', { name: `Copy: ${name}`, exact: true }).click();
  await user.page.getByText(`Copied: ${name}`).waitFor();
  return user.page.evaluate<string>('navigator.clipboard.readText()');
};

beforeAll(async () => {
  [coffer, browser] = await Promise.all([startCoffer(), openBrowser()]);
  user = await ConsoleUser.open(browser, coffer.url);
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
});

it('from the first start to a secret that was made, changed, shared with a child namespace and read by curl', async () => {
  const { page } = user;
  // The first start prints an address and a token.
  await page.goto(coffer.url);
  await page.getByText(`${coffer.url}/coffer/v1/main/`).waitFor();
  await page.getByRole('link', { name: /console/i }).click();
  await page.getByLabel('Access token').fill(coffer.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('No secrets here yet').waitFor();

  // Made.
  await page.locator('#content').getByRole('button', { name: 'New secret' }).last().click();
  await user.dialog.getByLabel('Namespace').fill('company');
  await user.dialog.getByLabel('Key').fill('DB_PASSWORD');
  await user.dialog.getByRole('textbox', { name: 'Value', exact: true }).fill('first');
  await user.press('Review');
  await user.dialog.getByText('Namespaces below company read it as well').waitFor();
  await user.press('Save');
  await user.dialog.getByText('Saved.').waitFor();
  await user.press('Close');

  // Changed.
  await user.key('DB_PASSWORD').click();
  await user.press('Edit');
  await user.dialog.getByRole('textbox', { name: 'Value', exact: true }).fill(VALUE);
  await user.press('Review');
  await user.press('Save');
  await user.dialog.getByText('Saved.').waitFor();
  await user.press('Close');
  const own = await copiedCommand('curl');
  expect(JSON.parse(await shell(own))).toMatchObject({ namespace: 'company', value: VALUE });
  await page.keyboard.press('Escape');

  // Shared with a child namespace, which holds nothing of its own.
  const find = page.getByRole('searchbox', { name: 'Find a namespace' });
  await find.fill('company.team');
  await page.getByRole('button', { name: 'Go to company.team' }).click();
  await page.getByRole('heading', { name: 'company.team' }).waitFor();
  // It is no row of the tree, which is whole again.
  await page.getByRole('treeitem', { name: 'company' }).waitFor();
  await user.visitor.checkAccessibility();
  await page.getByRole('button', { name: 'Show what it inherits' }).click();
  await page.getByText('from company').waitFor();
  await user.key('DB_PASSWORD').click();
  const inherited = await copiedCommand('curl');
  expect(inherited).toContain('/namespaces/company.team/values/DB_PASSWORD');
  expect(JSON.parse(await shell(inherited))).toMatchObject({ namespace: 'company', value: VALUE });
  expect(user.visitor.complaints).toEqual([]);
});
