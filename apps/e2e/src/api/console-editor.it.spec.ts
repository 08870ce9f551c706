/** @servers chromium */
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { heapHas } from '../console/heap.js';
import { picture } from '../console/pictures.js';
import { api, startCoffer, type Api, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

const CANARY = 'correct-horse-battery-staple-5142';
const JSON_VALUE = JSON.stringify({ user: 'etl', password: CANARY, port: 5439, tls: true }, undefined, 2);
/** Ends of lines of two kinds, a tab, a character that hides itself, and no line feed at the end. */
const EXACT = 'first\r\nsecond\n\tthird\u202Eend \r';

let coffer: Coffer;
let admin: Api;
let browser: Browser;
let user: ConsoleUser;
let page: Page;

const put = async (key: string, value: string): Promise<void> => {
  expect((await admin.put('company', { key, value })).status).toBe(200);
};
const valueOf = async (key: string): Promise<unknown> => (await admin.value('company', key)).json()['value'];
const editorOf = (of: ConsoleUser) => of.dialog.getByRole('textbox', { name: 'Value', exact: true });
const linesOf = (of: ConsoleUser) => editorOf(of).locator('.cm-line');
const edit = async (of: ConsoleUser, key: string): Promise<void> => {
  await of.goTo(`secrets?ns=company&open=company%2F${key}`);
  await of.press('Edit');
  await of.focused(editorOf(of));
};
const save = async (): Promise<void> => {
  await user.press('Review');
  await user.press('Save');
  await user.dialog.getByText('Saved.').waitFor();
  await user.press('Close');
};

beforeAll(async () => {
  [coffer, browser] = await Promise.all([startCoffer(), openBrowser()]);
  admin = api(coffer.url, coffer.token);
  await put('WAREHOUSE', JSON_VALUE);
  await put('PLAIN', 'plain');
  await put('EXACT', EXACT);
  const entries = Array.from({ length: 1_400 }, (_, at) => [`KEY_${at}`, 'x'.repeat(30)]);
  await put('LARGE', JSON.stringify(Object.fromEntries(entries), undefined, 2));
  user = await ConsoleUser.open(browser, coffer.url);
  ({ page } = user);
  await user.signIn(coffer.token);
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
});
afterEach(() => {
  expect(user.visitor.complaints).toEqual([]);
});

it('is fetched when a value is edited, and not before', async () => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await user.goTo('secrets?ns=company&open=company%2FPLAIN');
  await user.dialog.getByRole('button', { name: 'Reveal', exact: true }).waitFor();
  const ofEditor = (path: string): boolean => /\/code-[\w-]+\.js$/.test(path);
  expect(fetched.filter(ofEditor)).toEqual([]);
  await user.press('Edit');
  await user.focused(editorOf(user));
  expect(fetched.filter(ofEditor)).not.toEqual([]);
});

it('says what JSON holds, and where it is broken', async () => {
  await edit(user, 'WAREHOUSE');
  await user.dialog.getByText('user, password, port, tls').waitFor();
  const styleOf = (text: string) => linesOf(user).getByText(text, { exact: true }).getAttribute('class');
  const [name, value] = [await styleOf('"port"'), await styleOf('5439')];
  expect([name, value]).toEqual([expect.any(String), expect.any(String)]);
  expect(name).not.toBe(value);
  await user.visitor.checkAccessibility();
  await picture(page, 'editor');
  await linesOf(user).nth(3).click();
  await page.keyboard.press('Home');
  await page.keyboard.type(',');
  await user.dialog.getByText('not valid JSON: line 4, column').waitFor();
  await page.keyboard.press('Backspace');
  await user.dialog.getByText('user, password, port, tls').waitFor();
  await user.press('Cancel');
});

it('is left by Tab, both ways, and Enter adds a line feed alone', async () => {
  await edit(user, 'PLAIN');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('   {');
  await page.keyboard.press('Enter');
  await page.keyboard.type('x');
  await page.keyboard.press('Tab');
  await user.focused(user.dialog.locator('input[type=file]'));
  await page.keyboard.press('Shift+Tab');
  await user.focused(editorOf(user));
  // Keys of the page are letters here, and no dialog comes.
  await page.keyboard.type('!?n');
  await save();
  expect(await valueOf('PLAIN')).toBe('plain   {\nx!?n');
});

it('undoes what was typed, and nothing of it once it was closed', async () => {
  await edit(user, 'PLAIN');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('other');
  await page.keyboard.press('Control+z');
  await linesOf(user).getByText('plain').waitFor();
  await page.keyboard.press('Control+y');
  await linesOf(user).getByText('other').waitFor();
  await save();
  await edit(user, 'PLAIN');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('+');
  await save();
  expect(await valueOf('PLAIN')).toBe('other+');
});

it('keeps every character of a value, and shows those that hide', async () => {
  await edit(user, 'EXACT');
  expect(await editorOf(user).locator('.cm-specialChar').count()).toBe(3);
  await user.visitor.checkAccessibility();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('>');
  await save();
  expect(await valueOf('EXACT')).toBe(`>${EXACT}`);
});

it('takes a file that is dropped on it, as it is', async () => {
  await edit(user, 'EXACT');
  const dropped = await page.evaluateHandle(`(() => {
    const data = new DataTransfer();
    data.items.add(new File(['dropped\\r\\nfile\\n'], 'value.txt'));
    return data;
  })()`);
  await editorOf(user).dispatchEvent('drop', { dataTransfer: dropped });
  await linesOf(user).getByText('dropped').waitFor();
  await save();
  expect(await valueOf('EXACT')).toBe('dropped\r\nfile\n');
});

it('asks before Esc loses what was typed, and goes back by the next one', async () => {
  await edit(user, 'WAREHOUSE');
  await page.keyboard.press('Escape');
  await editorOf(user).waitFor({ state: 'detached' });
  await edit(user, 'WAREHOUSE');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('  kept');
  await page.keyboard.press('Escape');
  await user.dialog.getByText('What you typed is not saved.').waitFor();
  await user.focused(user.dialog.getByRole('button', { name: 'Go on editing' }));
  await user.visitor.checkAccessibility();
  await picture(page, 'editor-unsaved');
  await page.keyboard.press('Escape');
  await user.focused(editorOf(user));
  await linesOf(user).getByText('kept').waitFor();
  await page.keyboard.press('Escape');
  await user.press('Discard it');
  await editorOf(user).waitFor({ state: 'detached' });
  expect(await valueOf('WAREHOUSE')).toBe(JSON_VALUE);
});

it('asks for a value where there is none', async () => {
  await user.goTo('secrets?ns=company&new=1');
  await user.dialog.getByLabel('Key').fill('NONE');
  await user.press('Review');
  await user.dialog.getByText('Type a value, read it from a file, or generate it.').waitFor();
  await user.focused(editorOf(user));
  await user.press('Generate');
  await save();
  expect(await valueOf('NONE')).toMatch(/^\w{32}$/);
});

it('holds 64 KiB of JSON by the lines that are seen', async () => {
  await edit(user, 'LARGE');
  await user.dialog.getByText('KEY_0, KEY_1, KEY_2').waitFor();
  await user.visitor.checkAccessibility();
  expect(await linesOf(user).count()).toBeLessThan(200);
  await page.keyboard.press('Control+End');
  await linesOf(user).getByText('KEY_1399').waitFor();
  expect(await linesOf(user).count()).toBeLessThan(200);
  await page.keyboard.type('\n');
  await save();
  expect(await valueOf('LARGE')).toMatch(/^\{\n[^]*\n\}\n$/);
});

it('leaves nothing of a value in the page once it is closed', async () => {
  // A page of its own, which this test never tells the value: what it looked for would be in the page's memory.
  const other = await ConsoleUser.open(browser, coffer.url);
  await other.signIn(coffer.token);
  await edit(other, 'WAREHOUSE');
  const whereItIs = async () => ({
    document: (await other.visitor.everything()).includes(CANARY),
    memory: await heapHas(other.page, CANARY),
  });
  expect(await whereItIs()).toEqual({ document: true, memory: true });
  await linesOf(other).nth(2).click();
  // Nothing is selected, so that nothing is copied, nor kept to be pasted.
  await other.page.keyboard.press('Control+c');
  await other.page.keyboard.type('typed');
  await other.page.keyboard.press('Control+z');
  await other.page.keyboard.press('Control+a');
  await other.page.keyboard.press('Delete');
  await other.page.keyboard.press('Control+z');
  await other.page.keyboard.press('Control+End');
  await other.page.keyboard.type('\n');
  await other.press('Review');
  await other.dialog.getByText('This will change').waitFor();
  await other.press('Back');
  await editorOf(other).waitFor();
  await other.press('Cancel');
  await other.page.keyboard.press('Escape');
  await other.noDialog();
  expect(await whereItIs()).toEqual({ document: false, memory: false });
  expect(other.visitor.complaints).toEqual([]);
  await other.close();
});

it('fits on a telephone, in the light and in the dark', async () => {
  const telephone = await ConsoleUser.open(browser, coffer.url, { viewport: { width: 360, height: 740 } });
  await telephone.signIn(coffer.token);
  for (const [colorScheme, name] of [
    ['light', 'editor-narrow'],
    ['dark', 'editor-narrow-dark'],
  ] as const) {
    await telephone.page.emulateMedia({ colorScheme });
    await edit(telephone, 'WAREHOUSE');
    await telephone.visitor.checkAccessibility();
    await picture(telephone.page, name);
    expect(await telephone.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await telephone.press('Cancel');
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  await edit(user, 'WAREHOUSE');
  await user.visitor.checkAccessibility();
  await picture(page, 'editor-dark');
  expect(telephone.visitor.complaints).toEqual([]);
  await telephone.close();
});
