/** @servers chromium */
import type { Browser } from 'playwright-core';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { picture } from '../console/pictures.js';
import { api, startCoffer, until, type Coffer } from '../harness/index.js';

// A browser and a process, on machines that may be busy.
jest.setTimeout(300_000);

const VALUE = JSON.stringify({ user: 'etl', password: 'value-that-nobody-sees-9921', port: 5439 });

/** Every page, and every dialog that an address opens. */
const VIEWS: Readonly<Record<string, string>> = {
  secrets: 'secrets?ns=company',
  all: 'secrets',
  empty: 'secrets?ns=nowhere',
  'nothing-found': 'secrets?ns=company&q=nothing-like-this',
  drawer: 'secrets?ns=company&open=company.data%2FWAREHOUSE',
  'drawer-metadata': 'secrets?ns=company&open=company.data%2FWAREHOUSE&tab=metadata',
  'drawer-use': 'secrets?ns=company&open=company.data%2FWAREHOUSE&tab=use',
  'drawer-activity': 'secrets?ns=company&open=company.data%2FWAREHOUSE&tab=activity',
  secret: 'secret?ns=company.data&key=WAREHOUSE',
  new: 'secrets?ns=company&new=1',
  import: 'import?ns=company',
  compare: 'compare?a=company&b=company.data&c=company.payments',
  audit: 'audit',
  access: 'access',
  system: 'system',
  connect: 'connect?ns=company',
};

const LOADING = { en: 'Loading…', de: 'Lädt…' };

let coffer: Coffer;
let browser: Browser;

beforeAll(async () => {
  [coffer, browser] = await Promise.all([startCoffer(), openBrowser()]);
  const admin = api(coffer.url, coffer.token);
  const tags = [{ key: 'team', value: 'data' }];
  const put = async (namespace: string, key: string, value: string, more: object = {}): Promise<void> => {
    expect((await admin.put(namespace, { key, value, ...more })).status).toBe(200);
  };
  await put('company', 'SMTP_PASSWORD', 'relay', { description: 'Outgoing mail relay', tags });
  await put('company', 'SENTRY_DSN', 'https://key@sentry.example/1', { description: 'Errors of every service' });
  await put('company.data', 'WAREHOUSE', VALUE, {
    ...{ description: 'Reads and writes of the nightly load', tags: [...tags, { key: 'stage', value: 'prod' }] },
  });
  await put('company.data.ingest', 'SMTP_PASSWORD', 'own relay', { description: 'Relay of the ingest jobs', tags });
  await put('company.payments', 'STRIPE_SECRET_KEY', 'x', { description: 'Charges' });
  await put(
    'company.payments.reconciliation.international',
    'SETTLEMENT_SERVICE_ACCOUNT_PRIVATE_KEY_FOR_PRODUCTION',
    'x',
    {
      ...{ description: 'A key with a name as long as names get, of a namespace that is deep', tags },
    },
  );
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (coffer as Coffer | undefined)?.stop();
});

it.each([
  [1440, 'light', 'de'],
  [1440, 'dark', 'en'],
  [360, 'light', 'de'],
  [360, 'dark', 'en'],
] as const)(
  'every page fits, %i pixels wide, in the %s, in the language %s, and says nothing in another',
  async (width, theme, language) => {
    const viewport = { width, height: width === 360 ? 740 : 900 };
    const user = await ConsoleUser.open(browser, coffer.url, { viewport });
    const { page } = user;
    await page.addInitScript(`localStorage.setItem('coffer.theme', '${theme}')`);
    const named = (name: string): string => `${name}-${width}-${theme}-${language}`;
    // The field has other words in another language.
    await page.goto(`${coffer.url}/ui/sign-in`);
    await page.evaluate(`localStorage.setItem('coffer.language', '"${language}"')`);
    await page.reload();
    await page.locator(`html[lang=${language}]`).waitFor();
    await page.locator('#token').waitFor();
    await user.visitor.checkAccessibility();
    await picture(page, named('sign-in'));
    await page.locator('#token').fill(coffer.token);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/secrets/);
    for (const [name, path] of Object.entries(VIEWS)) {
      await user.goTo(path);
      await page.locator(`html[lang=${language}]${theme === 'dark' ? '.dark' : ':not(.dark)'}`).waitFor();
      await page.getByRole('heading').first().waitFor();
      await user.connection('Live');
      await until('everything is loaded', async () => !(await page.innerText('#app')).includes(LOADING[language]));
      await user.visitor.checkAccessibility();
      expect([name, await page.evaluate<number>('document.documentElement.scrollWidth')]).toEqual([name, width]);
      if (language === 'de') expect(await page.innerText('#app')).not.toContain('the embedded database');
      await picture(page, named(name));
    }
    expect(user.visitor.complaints).toEqual([]);
    await user.close();
  },
);
