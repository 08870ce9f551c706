import { source as checkerSource } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { until } from '../harness/index.js';

/** What a page can only be waited for: the machine may be busy. */
const WAIT_TIMEOUT_MS = 60_000;

/** The browser of the test servers, in which each visitor has a context of its own. */
export const openBrowser = (): Promise<Browser> =>
  chromium.connectOverCDP(process.env['COFFER_TEST_CHROMIUM_URL'] ?? '');

/** One person's browser, whose complaints are kept. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the console, exceptions and reports of the content security policy so far. */
  readonly complaints: readonly string[];
  /** The bodies of all answers that were JSON so far, with their addresses. */
  readonly answers: readonly string[];
  /** Throws with what the accessibility checker finds in what is shown. */
  checkAccessibility(): Promise<void>;
  /** The whole document as text, with what stands in fields and in shadow trees. */
  everything(): Promise<string>;
}

/** Runs in the page, where the types of a browser are. */
const DOCUMENT_TEXT = `(() => {
  const textOf = (root) =>
    [...root.querySelectorAll('*')].map((element) => {
      const field = 'value' in element ? String(element.value) : '';
      return element.shadowRoot === null ? field : field + element.shadowRoot.innerHTML + textOf(element.shadowRoot);
    }).join('\\n');
  return document.documentElement.outerHTML + textOf(document);
})()`;

/** The violations in the document: one line for each rule, with the elements that break it. */
const VIOLATIONS = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`;

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  window.reportPolicyViolation(event.violatedDirective + ' ' + event.blockedURI))`;

/** What Vue brings in or takes away has such a class meanwhile, and not the colours that it will have. */
const NOTHING_FADES = `document.querySelector('[class*="-enter-from"], [class*="-enter-active"], [class*="-leave-active"]') === null`;

export const visit = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> => {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    // What moves is waited for by every step of a test; `no-preference` shows it.
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_TIMEOUT_MS);
  const complaints: string[] = [];
  const answers: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`.trim());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.headers()['content-type']?.includes('json') !== true) return;
    response.text().then(
      (text) => answers.push(`${response.url()} ${text}`),
      () => undefined,
    );
  });
  await page.exposeFunction('reportPolicyViolation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(REPORT_VIOLATIONS);
  return {
    context,
    page,
    complaints,
    answers,
    checkAccessibility: async () => {
      // Not `waitForFunction`, which repeats a text by `eval`: the policy of the pages refuses that.
      await until('nothing fades', () => page.evaluate<boolean>(NOTHING_FADES));
      // It is half a megabyte of script, and stays in a document.
      if (!(await page.evaluate<boolean>('window.axe !== undefined'))) await page.evaluate(checkerSource);
      const found = await page.evaluate<string[]>(VIOLATIONS);
      if (found.length > 0) throw new Error(`${page.url()}\n${found.join('\n')}`);
    },
    everything: () => page.evaluate<string>(DOCUMENT_TEXT),
  };
};
