/** @servers chromium */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { picture } from '../console/pictures.js';
import { api, COFFER_COMMAND, startCoffer, type Api, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

let coffer: Coffer;
let admin: Api;
let browser: Browser;
let user: ConsoleUser;

/** As a shell runs it, and what it prints. The commands of Coffer's own are those of this build. */
const shell = async (command: string): Promise<string> => {
  const built = command.replaceAll('npm run -s coffer --', `'${process.execPath}' '${COFFER_COMMAND}'`);
  const env = { PATH: process.env['PATH'] ?? '', COFFER_TOKEN: coffer.token };
  return (await promisify(execFile)('sh', ['-c', built], { env, cwd: coffer.cwd })).stdout;
};

/** Those that the page in front shows, by their names. */
const commands = async (ask = () => user.page.keyboard.press('!')): Promise<Record<string, string>> => {
  await ask();
  await user.dialog.getByRole('heading', { name: 'This page as a command' }).waitFor();
  await user.visitor.checkAccessibility();
  const shown: Record<string, string> = {};
  for (const each of await user.dialog.locator('pre').all()) {
    const name = (await each.getAttribute('aria-label')) ?? '';
    await user.press(`Copy: ${name}`);
    await user.page.getByText(`Copied: ${name}`).first().waitFor();
    shown[name] = await user.page.evaluate<string>('navigator.clipboard.readText()');
    expect(shown[name]).toBe(await each.textContent());
  }
  expect(JSON.stringify(shown)).not.toContain(coffer.token);
  await user.page.keyboard.press('Escape');
  await user.page.getByRole('heading', { name: 'This page as a command' }).waitFor({ state: 'hidden' });
  return shown;
};

/** What a page's `curl` prints. */
const curled = async <T>(): Promise<T> => JSON.parse(await shell((await commands())['curl'] ?? '')) as T;

const VALUE = "it's a value with 'quotes'";

beforeAll(async () => {
  [coffer, browser] = await Promise.all([startCoffer(), openBrowser()]);
  admin = api(coffer.url, coffer.token);
  for (const [namespace, key, more] of [
    ['company', 'A_PASSWORD', { description: 'of the "relay"', tags: [{ key: 'team', value: "it's" }] }],
    ['company.team', 'B_PASSWORD', { tags: [{ key: 'team', value: "it's" }] }],
    ['company.team', 'C_PASSWORD', {}],
    ['company.team', 'OTHER', {}],
  ] as const) {
    expect((await admin.put(namespace, { key, value: VALUE, ...more })).status).toBe(200);
  }
  user = await ConsoleUser.open(browser, coffer.url);
  await user.signIn(coffer.token);
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
});
afterEach(() => expect(user.visitor.complaints).toEqual([]));

describe('what a page shows is shown by its command as well', () => {
  it('secrets: those that the filters leave, in their order', async () => {
    await user.goTo(`secrets?ns=company&q=PASSWORD&tag=${encodeURIComponent("team=it's")}&sort=key:desc`);
    await user.key('B_PASSWORD').waitFor();
    const shown = await user.page.locator('button.key').allTextContents();
    expect(shown.map((text) => text.trim())).toEqual(['B_PASSWORD', 'A_PASSWORD']);
    const { secrets, total } = await curled<{ secrets: { key: string }[]; total: number }>();
    expect([secrets.map(({ key }) => key), total]).toEqual([['B_PASSWORD', 'A_PASSWORD'], 2]);
    await user.page.keyboard.press('!');
    await picture(user.page, 'commands');
  });

  it('one secret: the value, what is said of it, and who read it', async () => {
    await user.goTo('secrets?ns=company&open=company%2FA_PASSWORD');
    await user.dialog.getByRole('tab', { name: 'Value' }).waitFor();
    expect(await curled()).toMatchObject({ namespace: 'company', value: VALUE });
    await user.dialog.getByRole('tab', { name: 'Metadata' }).click();
    await user.dialog.getByText('of the "relay"').waitFor();
    const described = { key: 'A_PASSWORD', description: 'of the "relay"' };
    expect(await curled()).toMatchObject({ total: 1, secrets: [described] });
    await user.dialog.getByRole('tab', { name: 'Activity' }).click();
    await user.dialog.getByText('value read').first().waitFor();
    const { results } = await curled<{ results: { action: string }[] }>();
    expect(results.map(({ action }) => action)).toContain('secret.read');
    await user.goTo('secret?ns=company&key=A_PASSWORD');
    await user.page.getByRole('heading', { name: 'A_PASSWORD' }).waitFor();
    const { curl = '', coffer: run = '' } = await commands();
    expect(JSON.parse(await shell(curl))).toMatchObject({ value: VALUE });
    expect(await shell(run)).toBe(`${VALUE}\n`);
  });

  it('a comparison, and of it those with one verdict', async () => {
    await user.goTo('compare?a=company&b=company.team');
    await user.page.getByText('4 keys').waitFor();
    expect(await curled()).toMatchObject({ total: 4 });
    await user.goTo('compare?a=company&b=company.team&state=missing');
    await user.page.getByText('3 keys').waitFor();
    const found = await shell((await commands())['curl'] ?? '');
    expect([...found.matchAll(/"verdict": "(\w+)"/g)].map(([, verdict]) => verdict)).toEqual(Array(3).fill('missing'));
  });

  it('the audit, by its filters', async () => {
    await user.goTo('audit?action=secret.write&ns=company.team');
    await user.page.getByRole('cell', { name: 'written' }).first().waitFor();
    const { results, total } = await curled<{ results: { action: string; namespace: string }[]; total: number }>();
    await user.page.getByText(`${total} records`).waitFor();
    expect(new Set(results.map(({ action, namespace }) => `${action} ${namespace}`))).toEqual(
      new Set(['secret.write company.team']),
    );
  });

  it('access: what one may do, and why', async () => {
    await user.goTo('access');
    await user.page.getByText('first-start token of the data folder').waitFor();
    const shown = await commands();
    expect(JSON.parse(await shell(shown['curl …/whoami'] ?? ''))).toMatchObject({ principal: 'token:first-start' });
    expect(JSON.parse(await shell(shown['curl …/access'] ?? ''))).toMatchObject({
      ...{ total: 1, results: [{ principal: 'token:first-start', origin: 'first-start token of the data folder' }] },
    });
    await user.page.getByLabel('Namespace', { exact: true }).fill('company.team');
    await user.page.getByRole('button', { name: 'Ask' }).click();
    await user.page.getByText('may do this').waitFor();
    await user.page.waitForURL(/ns=company\.team/);
    const { curl = '', coffer: why = '' } = await commands();
    expect(JSON.parse(await shell(curl))).toMatchObject({ allowed: true });
    expect(await shell(why)).toMatch(/^token:first-start may resolve in company\.team of tenant main$/m);
  });

  it('the system, and the writes that failed', async () => {
    await user.goTo('system');
    await user.page.getByRole('heading', { name: 'This gateway' }).waitFor();
    const { curl = '', coffer: letters = '' } = await commands();
    expect(JSON.parse(await shell(curl))).toMatchObject({ stores: [{ health: { state: 'ok' } }], deadLetters: 0 });
    expect(await shell(letters)).toBe('');
  });

  it('an import, of a file in the place of what is pasted', async () => {
    await user.goTo('import?ns=company.team');
    await user.page.getByLabel('Paste text here').fill('NEW=x\n');
    const { curl = '' } = await commands(() =>
      user.page.getByRole('button', { name: 'Show this page as a command' }).click(),
    );
    const [, example = ''] = /^# changes\.json: (.*)$/m.exec(curl) ?? [];
    writeFileSync(join(coffer.cwd, 'changes.json'), example.replace('KEY', 'NEW'));
    expect(JSON.parse(await shell(curl))).toMatchObject({ dryRun: true, counts: { create: 1 } });
    expect((await admin.value('company.team', 'NEW')).status).toBe(404);
  });
});
