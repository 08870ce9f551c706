/** @servers chromium */
import type { Browser, Page } from 'playwright-core';
import { openBrowser, visit, type Visitor } from '../console/browser.js';
import { heapHas } from '../console/heap.js';
import { picture } from '../console/pictures.js';
import { api, startCoffer, until, type Api, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

const CANARY = 'correct-horse-battery-staple-7361';
const HOSTILE_KEY = `<img src=x onerror="document.title='hit'">\u202Egnp.\u2066`;

let coffer: Coffer;
let admin: Api;
let browser: Browser;
let visitor: Visitor;
let page: Page;

const put = async (namespace: string, key: string, value: string, more: object = {}): Promise<void> => {
  const { status, text } = await admin.put(namespace, { key, value, ...more });
  expect([status, text]).toEqual([200, expect.any(String)]);
};
const valueOf = async (namespace: string, key: string): Promise<string | undefined> => {
  const answer = await admin.value(namespace, key);
  return answer.status === 200 ? answer.json<{ value: string }>().value : undefined;
};
const address = (path: string): string => `${coffer.url}/ui/main/${path}`;
const key = (name: string) => page.locator('button.key', { hasText: name }).first();
const dialog = () => page.getByRole('dialog').filter({ visible: true }).last();
const press = (name: string | RegExp) => dialog().getByRole('button', { name, exact: true }).click();

const signIn = async (of: Visitor): Promise<void> => {
  await of.page.goto(`${coffer.url}/ui/`);
  await of.page.getByLabel('Access token').fill(coffer.token);
  await of.page.getByRole('button', { name: 'Sign in' }).click();
  await of.page.getByRole('table', { name: 'Secrets' }).waitFor();
};

beforeAll(async () => {
  [coffer, browser] = await Promise.all([startCoffer(), openBrowser()]);
  admin = api(coffer.url, coffer.token);
  const tags = [{ key: 'team', value: 'data' }];
  await put('company', 'SMTP_PASSWORD', 'relay', { description: 'Outgoing mail relay', tags });
  await put('company', 'SENTRY_DSN', 'https://key@sentry.example/1', { description: 'Errors of every service' });
  await put('company.data', 'WAREHOUSE', JSON.stringify({ user: 'etl', password: CANARY, port: 5439 }), {
    ...{ description: 'Reads and writes of the nightly load', tags: [...tags, { key: 'stage', value: 'prod' }] },
  });
  await put('company.data.ingest', 'SMTP_PASSWORD', 'own relay', { description: 'Relay of the ingest jobs', tags });
  await put('company.payments', 'STRIPE_SECRET_KEY', CANARY, { description: 'Charges' });
  visitor = await visit(browser);
  ({ page } = visitor);
});
afterAll(async () => {
  await browser.close();
  await coffer.stop();
});
afterEach(() => {
  // Whatever a test did, the page did not complain.
  expect(visitor.complaints).toEqual([]);
});

describe('signing in', () => {
  it('asks for a token, and says when it is wrong', async () => {
    await page.goto(address('secrets?ns=company'));
    await page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
    await visitor.checkAccessibility();
    await picture(page, 'sign-in');
    const other = await visit(browser);
    await other.page.goto(`${coffer.url}/ui/`);
    await other.page.getByLabel('Access token').fill('coffer_wrong');
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByRole('alert').filter({ hasText: 'not known' }).waitFor();
    await other.context.close();
  });

  it('leads to where one wanted to go, and keeps the token out of the page', async () => {
    await page.getByLabel('Access token').fill(coffer.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'company' }).waitFor();
    await page.waitForURL(address('secrets?ns=company'));
    expect(await visitor.everything()).not.toContain(coffer.token);
    expect(
      await page.evaluate<string>('JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie'),
    ).not.toContain('coffer_');
  });
});

describe('the table of secrets', () => {
  beforeAll(() => page.goto(address('secrets?ns=company')));

  it('shows what is there, where it comes from and what it hides, and no value', async () => {
    await key('STRIPE_SECRET_KEY').waitFor();
    await page.getByText('shadows company').waitFor();
    await page.getByRole('heading', { level: 1 }).getByText('5 secrets').waitFor();
    expect(await visitor.everything()).not.toContain(CANARY);
    expect(visitor.answers.join('\n')).not.toContain(CANARY);
    await visitor.checkAccessibility();
    await picture(page, 'secrets');
  });

  it('searches as one types; the address says what is shown, and Back goes back', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('nightly');
    await page.waitForURL(/[?&]q=nightly(&|$)/);
    await page.getByText('one secret').waitFor();
    await key('WAREHOUSE').waitFor();
    await page.getByRole('treeitem', { name: 'payments' }).click();
    await page.getByRole('heading', { name: 'company.payments' }).waitFor();
    await page.goBack();
    await key('WAREHOUSE').waitFor();
    const box = page.getByRole('searchbox', { name: 'Search keys' });
    await until('the search is what it was', async () => (await box.inputValue()) === 'nightly');
    await page.getByText('one secret').waitFor();
    await page.goto(address('secrets?ns=company&q=nothing-like-this'));
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await key('SENTRY_DSN').waitFor();
  });

  it('sorts, and filters by a tag', async () => {
    await page.getByRole('columnheader', { name: 'Key' }).getByRole('button').click();
    await page.waitForURL(/sort=key/);
    await page.getByRole('button', { name: 'stage=prod' }).click();
    await page.getByText('one secret').waitFor();
    await page.waitForURL((url) => url.searchParams.get('tag') === 'stage=prod');
  });
});

describe('one secret', () => {
  it('is revealed field by field, and hidden again when the window loses its focus', async () => {
    await page.goto(address('secrets?ns=company'));
    await key('WAREHOUSE').click();
    await dialog().getByRole('button', { name: 'Reveal' }).click();
    await dialog().getByRole('button', { name: 'Reveal password' }).waitFor();
    expect(await visitor.everything()).not.toContain(CANARY);
    await press('Reveal password');
    await dialog().getByText(CANARY).waitFor();
    await visitor.checkAccessibility();
    await page.evaluate("window.dispatchEvent(new Event('blur'))");
    await dialog().getByRole('button', { name: 'Reveal', exact: true }).waitFor();
    expect(await visitor.everything()).not.toContain(CANARY);
  });

  it('is copied, as a value and as a reference for Kestra', async () => {
    await press('Copy value');
    await page.getByText('Copied: value').waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain(CANARY);
    await press('Copy for Kestra');
    await page.getByText('Copied: reference').waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe("{{ secret('WAREHOUSE') }}");
    expect(await visitor.everything()).not.toContain(CANARY);
  });

  it('has metadata, commands and its audit', async () => {
    for (const [tab, text] of [
      ['Metadata', 'Reads and writes of the nightly load'],
      ['Use it', 'External Secrets'],
      ['Activity', 'value read'],
    ] as const) {
      await dialog().getByRole('tab', { name: tab }).click();
      await dialog().getByText(text).first().waitFor();
      await visitor.checkAccessibility();
    }
    await page.goto(address('secret?ns=company.data&key=WAREHOUSE'));
    await page.getByRole('heading', { name: 'WAREHOUSE' }).waitFor();
    await visitor.checkAccessibility();
  });

  it('is nowhere in the page before it is revealed, nor once it is hidden after half a minute', async () => {
    // A page of its own, which this test never tells the value: what it looked for would be in the page's memory.
    const other = await visit(browser);
    await other.page.clock.install();
    await signIn(other);
    await other.page.goto(address('secrets?ns=company.payments&open=company.payments%2FSTRIPE_SECRET_KEY'));
    const button = (name: string | RegExp) => other.page.getByRole('dialog').getByRole('button', { name, exact: true });
    const whereItIs = async () => ({
      document: (await other.everything()).includes(CANARY),
      memory: await heapHas(other.page, CANARY),
      network: other.answers.filter((answer) => answer.includes(CANARY)).length,
    });
    await button('Reveal').waitFor();
    expect(await whereItIs()).toEqual({ document: false, memory: false, network: 0 });
    await button('Reveal').click();
    await button(/^Hide/).waitFor();
    await until('the answer was seen', () => other.answers.some((answer) => answer.includes(CANARY)));
    expect(await whereItIs()).toEqual({ document: true, memory: true, network: 1 });
    await other.page.clock.runFor(31_000);
    await button('Reveal').waitFor();
    expect(await whereItIs()).toEqual({ document: false, memory: false, network: 1 });
    expect(other.complaints).toEqual([]);
    await other.context.close();
  });
});

describe('a write', () => {
  it('is made by the keyboard alone, reviewed, and followed to its end', async () => {
    await page.goto(address('secrets?ns=company.team'));
    await page.getByText('No secrets here yet').waitFor();
    await visitor.checkAccessibility();
    await page.keyboard.press('n');
    await dialog().getByLabel('Key').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('GREETING');
    await dialog().getByRole('textbox', { name: 'Value', exact: true }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('hello');
    await visitor.checkAccessibility();
    await dialog().getByLabel('Description').focus();
    await page.keyboard.press('Enter');
    await dialog().getByText('This will create').waitFor();
    await visitor.checkAccessibility();
    await dialog().getByRole('button', { name: 'Save' }).focus();
    await page.keyboard.press('Enter');
    await dialog().getByText('Saved.').waitFor();
    await visitor.checkAccessibility();
    expect(await valueOf('company.team', 'GREETING')).toBe('hello');
    await page.keyboard.press('Escape');
    await key('GREETING').waitFor();
  });

  it('of what is there already is refused', async () => {
    await page.getByRole('button', { name: 'New secret' }).click();
    await dialog().getByLabel('Key').fill('GREETING');
    await dialog().getByRole('textbox', { name: 'Value', exact: true }).fill('other');
    await press('Review');
    await dialog().getByText('is there already').waitFor();
    await press('Back');
    await press('Cancel');
    expect(await valueOf('company.team', 'GREETING')).toBe('hello');
  });

  it('shows what changes before, and mine and theirs when somebody else was faster', async () => {
    await key('GREETING').click();
    await press('Edit');
    const value = dialog().getByRole('textbox', { name: 'Value', exact: true });
    await until('the value is there to be edited', async () => (await value.textContent()) === 'hello');
    await value.fill('mine');
    // A line for a tag that was not filled in is none.
    await press('Add a tag');
    await press('Review');
    await dialog().getByText('hello').waitFor();
    await visitor.checkAccessibility();
    await picture(page, 'review');
    await put('company.team', 'GREETING', 'theirs');
    await press('Save');
    await dialog().getByText('Nothing of yours is written yet').waitFor();
    await dialog().getByText('theirs', { exact: true }).first().waitFor();
    await visitor.checkAccessibility();
    await picture(page, 'conflict');
    expect(await valueOf('company.team', 'GREETING')).toBe('theirs');
    await press('Overwrite with mine');
    await dialog().getByText('Saved.').waitFor();
    expect(await valueOf('company.team', 'GREETING')).toBe('mine');
    await press('Close');
  });
});

it('what anybody else writes appears by itself', async () => {
  await page.goto(address('secrets?ns=company.team'));
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await key('GREETING').waitFor();
  await put('company.team', 'FROM_ELSEWHERE', 'x');
  await key('FROM_ELSEWHERE').waitFor();
  expect((await admin.delete('company.team', 'FROM_ELSEWHERE')).status).toBe(204);
  await key('FROM_ELSEWHERE').waitFor({ state: 'detached' });
});

it('what was written after the list was asked for, and before the stream began, appears as well', async () => {
  let asked = 0;
  let letThrough = (): void => undefined;
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  const stream = (url: URL): boolean => url.pathname.endsWith('/events');
  await page.route(stream, async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  await page.goto(address('secrets?ns=company.team'));
  await key('GREETING').waitFor();
  await until('the stream is asked for', () => asked > 0);
  await put('company.team', 'IN_BETWEEN', 'x');
  letThrough();
  await key('IN_BETWEEN').waitFor();
  await page.unroute(stream);
  expect((await admin.delete('company.team', 'IN_BETWEEN')).status).toBe(204);
  await key('IN_BETWEEN').waitFor({ state: 'detached' });
});

it('pages that were left keep no connection, so that those opened after them are served', async () => {
  // A browser has six connections for one host, and keeps pages that it may go back to.
  const names = ['access', 'audit', 'compare', 'import', 'system'];
  for (const name of [...names, ...names]) {
    await page.goto(address(name));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  }
  const streams = async (): Promise<string | undefined> =>
    /^coffer_event_watchers (\d+)$/m.exec((await admin.call('GET', '/metrics')).text)?.[1];
  await until('the page that is shown has the only stream', async () => (await streams()) === '1');
});

it('a page that nobody sees keeps none either, and has what was written meanwhile once it is seen', async () => {
  await page.goto(address('secrets?ns=company.team'));
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  const become = (state: 'hidden' | 'visible') =>
    page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
  await become('hidden');
  await until('it has no stream', async () =>
    (await admin.call('GET', '/metrics')).text.includes('\ncoffer_event_watchers 0\n'),
  );
  await put('company.team', 'WHILE_HIDDEN', 'x');
  expect(await key('WHILE_HIDDEN').count()).toBe(0);
  await become('visible');
  await key('WHILE_HIDDEN').waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  expect((await admin.delete('company.team', 'WHILE_HIDDEN')).status).toBe(204);
});

describe('several secrets', () => {
  it('are copied and deleted by a plan', async () => {
    await page.goto(address('secrets?ns=company.payments'));
    await key('STRIPE_SECRET_KEY').waitFor();
    await page.getByRole('checkbox', { name: 'Select STRIPE_SECRET_KEY' }).check();
    await page.getByRole('region', { name: 'Selected secrets' }).getByRole('button', { name: 'Copy to' }).click();
    await dialog().getByLabel('Namespace to put them in').fill('company.team');
    await press('Show the plan');
    await dialog().getByRole('cell', { name: 'create' }).waitFor();
    await visitor.checkAccessibility();
    expect(await valueOf('company.team', 'STRIPE_SECRET_KEY')).toBeUndefined();
    await press('Apply 1');
    await dialog().getByRole('cell', { name: 'done' }).waitFor();
    expect(await valueOf('company.team', 'STRIPE_SECRET_KEY')).toBe(CANARY);
    await press('Close');
    await page.goto(address('secrets?ns=company.team'));
    await key('STRIPE_SECRET_KEY').focus();
    await page.keyboard.press('Delete');
    await press('Apply 1');
    await dialog().getByRole('cell', { name: 'done' }).waitFor();
    expect(await valueOf('company.team', 'STRIPE_SECRET_KEY')).toBeUndefined();
    expect(await visitor.everything()).not.toContain(CANARY);
  });

  it('are imported; what is there stays unless somebody says so', async () => {
    await page.goto(address('import?ns=company.team'));
    await page.getByLabel('Paste text here').fill('export GREETING="imported"\nNEW_KEY=\'one # two\'\nbroken line\n');
    await page.getByText('2 secrets found in .env').waitFor();
    await page.getByText('Line 3: there is no =').waitFor();
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: 'Write 1' }).waitFor();
    await visitor.checkAccessibility();
    await picture(page, 'import');
    await page.getByRole('button', { name: 'Write 1' }).click();
    await page.getByRole('heading', { name: 'Import finished' }).waitFor();
    expect([await valueOf('company.team', 'NEW_KEY'), await valueOf('company.team', 'GREETING')]).toEqual([
      ...['one # two', 'mine'],
    ]);
    // What a file does not know of is not lost by it.
    await page.goto(address('import?ns=company'));
    await page.getByLabel('Paste text here').fill('SMTP_PASSWORD=new relay\nSENTRY_DSN=https://key@sentry.example/1\n');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    const row = (name: string) => page.getByRole('row').filter({ hasText: name });
    await row('SENTRY_DSN').getByText('same', { exact: true }).waitFor();
    await row('SMTP_PASSWORD').getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Write 1' }).click();
    await page.getByRole('heading', { name: 'Import finished' }).waitFor();
    expect(await valueOf('company', 'SMTP_PASSWORD')).toBe('new relay');
    await page.goto(address('secrets?ns=company&open=company%2FSMTP_PASSWORD&tab=metadata'));
    await dialog().getByText('Outgoing mail relay').waitFor();
    await dialog().getByText('team=data').waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('the other pages', () => {
  it('audit: who read what, by filters that the address has', async () => {
    await page.goto(address('audit'));
    await page.getByLabel('Key').fill('WAREHOUSE');
    await page.getByLabel('Action').fill('secret.read');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/action=secret\.read/);
    await page.getByRole('link', { name: 'company.data / WAREHOUSE' }).first().waitFor();
    await visitor.checkAccessibility();
    await picture(page, 'audit');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export JSONL' }).click();
    expect((await download).suggestedFilename()).toBe('audit-main.jsonl');
    // From a record to its write, and to its secret.
    await page.goto(address('audit?ns=company.team&key=GREETING&action=secret.write'));
    await page.getByRole('cell', { name: 'written' }).first().waitFor();
    await page.locator('tbody').getByRole('button').first().click();
    await press('What became of the write?');
    await dialog().getByRole('status').filter({ hasText: 'applied' }).waitFor();
    await visitor.checkAccessibility();
    await dialog().getByRole('link', { name: 'company.team / GREETING' }).click();
    await page.waitForURL(/open=company\.team/);
    await dialog().getByRole('heading', { name: 'GREETING' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('access: what one may do, and why', async () => {
    await page.goto(address('access'));
    await page.getByLabel('Namespace', { exact: true }).fill('company.data');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('may do this').waitFor();
    await page.getByText('allows it').waitFor();
    await visitor.checkAccessibility();
  });

  it('the palette leads to a secret', async () => {
    await page.keyboard.press('Control+k');
    await dialog().getByRole('combobox').fill('warehouse');
    await dialog().getByRole('option', { name: 'WAREHOUSE' }).waitFor();
    await visitor.checkAccessibility();
    await page.keyboard.press('Enter');
    await page.waitForURL(/open=company\.data/);
    await dialog().getByRole('heading', { name: 'WAREHOUSE' }).waitFor();
    await page.keyboard.press('Escape');
    // Keys of the page do nothing while a dialog is there, on its way out included.
    await page.getByRole('dialog').filter({ visible: true }).waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await dialog().getByText('Copy the reference for Kestra').waitFor();
    await visitor.checkAccessibility();
  });

  it('nowhere says so', async () => {
    await page.goto(`${coffer.url}/ui/Nowhere/at/all`);
    await page.getByRole('heading', { name: 'There is nothing here' }).first().waitFor();
    await visitor.checkAccessibility();
  });
});

it('whatever a secret is called or holds is shown as text', async () => {
  const markup = '<img src=x onerror="document.title=\'hit\'"><script>document.title="hit"</script>';
  await put('hostile', HOSTILE_KEY, `${markup}${'x'.repeat(65_536)}`, {
    ...{
      description: `${markup}${'y'.repeat(10_000)}`,
      tags: [{ key: markup.slice(0, 60), value: '{{ constructor }}' }],
    },
  });
  await page.goto(address('secrets?ns=hostile'));
  await key('<img').waitFor();
  await visitor.checkAccessibility();
  await key('<img').click();
  await press('Reveal');
  await dialog().locator('pre.shown').getByText(markup).waitFor();
  await dialog().getByRole('tab', { name: 'Metadata' }).click();
  await dialog().getByText('yyyyyyyy').first().waitFor();
  expect(await page.locator('img[src=x]').count()).toBe(0);
  expect(await page.title()).not.toContain('hit');
});

describe('appearance', () => {
  it('follows the choice of a theme and of a language', async () => {
    await page.goto(address('secrets?ns=company'));
    await key('WAREHOUSE').waitFor();
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).waitFor();
    await visitor.checkAccessibility();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await page.locator('html.dark').waitFor({ state: 'attached' });
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await visitor.checkAccessibility();
    await picture(page, 'secrets-dark');
    await key('WAREHOUSE').click();
    await dialog().getByRole('button', { name: 'Reveal' }).waitFor();
    await visitor.checkAccessibility();
    await picture(page, 'secret-dark');
    await page.keyboard.press('Escape');
    for (const name of ['audit', 'access', 'import']) {
      await page.goto(address(name));
      await page.getByRole('heading', { level: 1 }).waitFor();
      await visitor.checkAccessibility();
      await picture(page, `${name}-dark`);
    }
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Secrets importieren' }).waitFor();
    await page.locator('html[lang=de]').waitFor();
    await page.goto(address('secrets?ns=company&open=company.data%2FWAREHOUSE'));
    await dialog().getByRole('button', { name: 'Diesen Dialog schließen' }).waitFor();
  });

  it('fits on a telephone', async () => {
    const telephone = await visit(browser, { viewport: { width: 360, height: 740 } });
    await signIn(telephone);
    await telephone.page.goto(address('secrets?ns=company'));
    await telephone.page.locator('button.key').first().waitFor();
    await telephone.checkAccessibility();
    await picture(telephone.page, 'secrets-narrow');
    await telephone.page.getByRole('button', { name: 'Navigation' }).click();
    await telephone.page.getByRole('treeitem', { name: 'company' }).first().waitFor();
    await telephone.checkAccessibility();
    await picture(telephone.page, 'menu-narrow');
    await telephone.page.goto(address('secrets?ns=company.data&open=company.data%2FWAREHOUSE'));
    await telephone.page.getByRole('button', { name: 'Reveal' }).waitFor();
    await telephone.checkAccessibility();
    await picture(telephone.page, 'secret-narrow');
    expect(telephone.complaints).toEqual([]);
    await telephone.context.close();
  });

  it('fits on a telephone in the dark, as the system is or as it was chosen', async () => {
    const telephone = await visit(browser, { viewport: { width: 360, height: 740 } });
    await signIn(telephone);
    await telephone.page.goto(address('secrets?ns=company.data&open=company.data%2FWAREHOUSE'));
    await telephone.page.getByRole('button', { name: 'Reveal' }).waitFor();
    // As the system is, where nobody has chosen.
    await telephone.page.emulateMedia({ colorScheme: 'dark' });
    await telephone.page.locator('html.dark').waitFor({ state: 'attached' });
    await telephone.checkAccessibility();
    await picture(telephone.page, 'secret-narrow-dark');
    await telephone.page.evaluate("localStorage.setItem('coffer.theme', 'dark')");
    await telephone.page.goto(address('secrets?ns=company'));
    await telephone.page.locator('button.key').first().waitFor();
    await telephone.checkAccessibility();
    await picture(telephone.page, 'secrets-narrow-dark');
    await telephone.page.getByRole('button', { name: 'Navigation' }).click();
    await telephone.page.getByRole('treeitem', { name: 'company' }).first().waitFor();
    await telephone.checkAccessibility();
    await picture(telephone.page, 'menu-narrow-dark');
    for (const name of ['audit', 'access', 'import', 'system', 'compare']) {
      await telephone.page.goto(address(name));
      await telephone.page.getByRole('heading', { level: 1 }).waitFor();
      await telephone.page.locator('html.dark').waitFor({ state: 'attached' });
      await telephone.checkAccessibility();
      await picture(telephone.page, `${name}-narrow-dark`);
      expect(await telephone.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    }
    expect(telephone.complaints).toEqual([]);
    await telephone.context.close();
  });
});

it('signing out leaves nothing behind, and Back shows nothing', async () => {
  const other = await visit(browser);
  await signIn(other);
  await other.page.goto(address('secrets?ns=company'));
  await other.page.locator('button.key').first().waitFor();
  await other.page.getByRole('button', { name: /^Account/ }).click();
  await other.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await other.page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
  await other.page.goBack();
  await other.page.getByRole('heading', { name: 'Sign in to Coffer' }).waitFor();
  expect(await other.everything()).not.toContain('WAREHOUSE');
  expect(other.complaints).toEqual([]);
  await other.context.close();
});
