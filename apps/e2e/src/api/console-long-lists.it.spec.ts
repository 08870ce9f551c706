/** @servers chromium */
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { api, startCoffer, until, type Api, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

/** Four requests, of which each brings about 2 MB. */
const ROWS = 400;
const DESCRIPTION = 'd'.repeat(9_000);
const BATCH = 100;
const LAST = ROWS - 1;

let coffer: Coffer;
let admin: Api;
let browser: Browser;
let user: ConsoleUser;
let page: Page;

const keyOf = (index: number): string => `KEY_${String(index).padStart(3, '0')}`;
const scrollTo = (place: 'start' | 'end'): Promise<void> =>
  page.evaluate(`(() => {
    const scroller = document.querySelector('.scroller');
    scroller.scrollTop = ${place === 'start' ? '0' : 'scroller.scrollHeight'};
  })()`);
const focusedKey = (name: string) => user.key(name).and(page.locator(':focus'));
const position = (name: string) =>
  page
    .getByRole('row')
    .filter({ has: user.key(name) })
    .getAttribute('aria-rowindex');

beforeAll(async () => {
  [coffer, browser] = await Promise.all([startCoffer(), openBrowser()]);
  admin = api(coffer.url, coffer.token);
  for (let from = 0; from < ROWS; from += BATCH) {
    const items = Array.from({ length: BATCH }, (_, at) => ({
      ...{ action: 'put', namespace: 'company', key: keyOf(from + at), value: 'x', description: DESCRIPTION },
    }));
    const { status } = await admin.call('POST', '/coffer/v1/main/changes?dryRun=false', { body: { items } });
    expect(status).toBe(200);
  }
  user = await ConsoleUser.open(browser, coffer.url);
  ({ page } = user);
  await user.signIn(coffer.token);
  await user.goTo('secrets?ns=company&sort=key');
  await user.key(keyOf(0)).waitFor();
  await user.connection('Live');
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
});
afterEach(() => {
  expect(user.visitor.complaints).toEqual([]);
});

it('rows far out of view are let go of, and are fetched again on the way back; what is selected stays so', async () => {
  await page.getByRole('checkbox', { name: `Select ${keyOf(1)}`, exact: true }).check();
  for (let row = 0; row < ROWS; row += 50) {
    await page.evaluate(
      `document.querySelector('.scroller').scrollTop = ${row} * document.querySelector('tr[data-index]').offsetHeight`,
    );
    await user.key(keyOf(row)).waitFor();
  }
  await scrollTo('end');
  await user.key(keyOf(LAST)).waitFor();

  let asked = 0;
  let letThrough = (): void => undefined;
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  const firstRows = ({ pathname, searchParams }: URL): boolean =>
    pathname.endsWith('/secrets') && searchParams.get('offset') === '0';
  await page.route(firstRows, async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  await scrollTo('start');
  await until('the first rows are asked for', () => asked > 0);
  expect(await user.key(keyOf(0)).count()).toBe(0);
  letThrough();
  await user.key(keyOf(0)).waitFor();
  await page.unroute(firstRows);
  await page
    .getByRole('checkbox', { name: `Select ${keyOf(1)}`, exact: true })
    .and(page.locator(':checked'))
    .waitFor();
  await page.getByRole('region', { name: 'Selected secrets' }).getByText('one selected').waitFor();
  expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(1);
});

it('the row that has the focus keeps it when another one comes or goes above it', async () => {
  await user.key(keyOf(3)).focus();
  expect(await position(keyOf(3))).toBe('5');
  expect((await admin.put('company', { key: 'ABOVE', value: 'x' })).status).toBe(200);
  await user.key('ABOVE').waitFor();
  expect(await position(keyOf(3))).toBe('6');
  await focusedKey(keyOf(3)).waitFor();
  await page.keyboard.press('ArrowDown');
  await focusedKey(keyOf(4)).waitFor();
  expect((await admin.delete('company', 'ABOVE')).status).toBe(204);
  await user.key('ABOVE').waitFor({ state: 'detached' });
  await focusedKey(keyOf(4)).waitFor();
  expect(await position(keyOf(4))).toBe('6');
});

it('keys go on from the row that has the focus, though it was scrolled out of view', async () => {
  await user.key(keyOf(3)).focus();
  await scrollTo('end');
  await user.key(keyOf(LAST)).waitFor();
  await page.locator('.scroller:focus').waitFor();
  await scrollTo('start');
  await focusedKey(keyOf(3)).waitFor();
  await scrollTo('end');
  await user.key(keyOf(LAST)).waitFor();
  await page.keyboard.press('ArrowDown');
  await focusedKey(keyOf(4)).waitFor();
  await page.keyboard.press('Enter');
  await user.dialog.getByRole('heading', { name: keyOf(4) }).waitFor();
  await page.keyboard.press('Escape');
  await user.noDialog();
});
