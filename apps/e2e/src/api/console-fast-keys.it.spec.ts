/** @servers chromium */
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { api, startCoffer, until, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

/** Not more than come with one request: of a row that is not there yet nothing can be said. */
const ROWS = 90;

let coffer: Coffer;
let browser: Browser;
let user: ConsoleUser;
let page: Page;

/** Presses one key after the other, before anything that moves has come to rest: by somebody who knows the way. */
const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const button = (name: string | RegExp): Locator => page.getByRole('button', { name });
const heading = (name: string): Promise<void> => user.dialog.getByRole('heading', { name }).waitFor();

beforeAll(async () => {
  [coffer, browser] = await Promise.all([startCoffer(), openBrowser()]);
  const admin = api(coffer.url, coffer.token);
  const items = Array.from({ length: ROWS }, (_, at) => ({
    ...{ action: 'put', namespace: 'company', key: `KEY_${String(at).padStart(3, '0')}`, value: 'x' },
  }));
  const { status } = await admin.call('POST', '/coffer/v1/main/changes?dryRun=false', { body: { items } });
  expect(status).toBe(200);
  // What moves is shown, and takes its time.
  user = await ConsoleUser.open(browser, coffer.url, { reducedMotion: 'no-preference' });
  ({ page } = user);
  await user.signIn(coffer.token);
  await user.goTo('secrets?ns=company&sort=key');
  await user.key('KEY_000').waitFor();
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
});
afterEach(() => {
  expect(user.visitor.complaints).toEqual([]);
});

describe('a menu', () => {
  it('has the focus as soon as it is open, and gives it back', async () => {
    const appearance = button('Appearance and language');
    await user.tabTo(appearance);
    await press('Enter', 'ArrowDown', 'ArrowDown', 'Enter');
    await page.locator('html.dark').waitFor({ state: 'attached' });
    await user.focused(appearance);
    await press('Space', 'Home', 'ArrowDown', 'Space');
    await page.locator('html:not(.dark)').waitFor({ state: 'attached' });
    await user.focused(appearance);
    await press('ArrowDown', 'Escape');
    await user.focused(appearance);
    await page.getByRole('menu').filter({ visible: true }).waitFor({ state: 'detached' });
  });

  it('is opened by an arrow key at either end, and by a letter led to an item', async () => {
    await user.tabTo(button('Appearance and language'), 'Shift+Tab');
    await press('ArrowUp');
    await user.focused(page.getByRole('menuitemradio', { name: 'Deutsch' }));
    await press('d');
    await user.focused(page.getByRole('menuitemradio', { name: 'Dark' }));
    await press('Escape', 'ArrowDown', 'End', 'ArrowDown');
    await user.focused(page.getByRole('menu').getByRole('menuitemradio').first());
    await press('Tab');
    await page.getByRole('menu').filter({ visible: true }).waitFor({ state: 'detached' });
  });

  it('of which several things may be chosen stays', async () => {
    const description = page.getByRole('columnheader', { name: 'Description' });
    await description.waitFor();
    await user.tabTo(button('Columns and density'));
    await press('Enter', 'ArrowDown', 'Enter');
    await description.waitFor({ state: 'detached' });
    await press('Enter', 'Escape');
    await description.waitFor();
    await user.focused(button('Columns and density'));
  });
});

describe('a dialog', () => {
  it('has all that is typed after the key that opens it', async () => {
    await press('Control+k');
    await page.keyboard.type('company.te');
    expect(await user.dialog.getByRole('combobox').inputValue()).toBe('company.te');
    await press('Escape');
    await user.noDialog();
    // Its program is there before somebody asks for it.
    await until('the program of the editor is loaded', () =>
      page.evaluate<boolean>(
        "performance.getEntriesByType('resource').some(({ name }) => name.includes('secret-editor'))",
      ),
    );
    await press('n');
    await page.keyboard.type('NEW_KEY');
    expect(await user.dialog.getByLabel('Key').inputValue()).toBe('NEW_KEY');
    await press('Escape');
    await user.focused(user.dialog.getByRole('button', { name: 'Go on editing' }));
    await press('Shift+Tab', 'Enter');
    await user.noDialog();
  });

  it('that is on its way out keeps no key from the page', async () => {
    await press('?');
    await heading('Keyboard');
    await press('Escape', '/');
    await page.keyboard.type('KEY_01');
    await page.getByText('10 secrets').waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search keys' }).inputValue()).toBe('KEY_01');
    await press('Control+a', 'Delete');
    await page.getByText(`${ROWS} secrets`).waitFor();
  });
});

describe('the table', () => {
  it('opens the row that the arrows have led to', async () => {
    await user.key('KEY_000').focus();
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter');
    await heading('KEY_003');
    await press('Escape');
    await user.noDialog();
  });

  it('does what is said with a row that comes into view only now', async () => {
    await user.key('KEY_003').focus();
    await press('End', 'x');
    await page.getByRole('checkbox', { name: 'Select KEY_089' }).and(page.locator(':checked')).waitFor();
    await press('Home', 'Enter');
    await heading('KEY_000');
    await press('Escape');
    await user.noDialog();
  });
});

it('signs out by three keys', async () => {
  await user.tabTo(button(/^Account/));
  await press('Enter', 'ArrowDown', 'Enter');
  await page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
});
