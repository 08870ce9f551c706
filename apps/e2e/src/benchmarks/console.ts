import type { Browser, Page } from 'playwright-core';
import { Cluster } from '../cluster/index.js';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { api, startCoffer, until, type Api } from '../harness/index.js';
import { aimBelow, assertEqual, combine, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';

interface Options {
  readonly secrets: number;
  readonly rounds: number;
  readonly frames: number;
}

const BATCH = 500;

const quantile = (times: readonly number[], share: number): number =>
  [...times].sort((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? NaN;
const rounded = (ms: number): number => Number(ms.toPrecision(3));

const fill = async (admin: Api, secrets: number): Promise<void> => {
  for (let from = 0; from < secrets; from += BATCH) {
    const items = Array.from({ length: Math.min(BATCH, secrets - from) }, (_, at) => {
      const number = from + at;
      return {
        ...{ action: 'put', namespace: `company.team_${number % 100}`, key: `SERVICE_${number}_PASSWORD`, value: 'x' },
        description: `Of service ${number}`,
      };
    });
    const { status } = await admin.call('POST', '/coffer/v1/main/changes?dryRun=false', { body: { items } });
    if (status !== 200) throw new Error(`secrets could not be written: ${status}`);
  }
};

/** Notes, in every page from now on, when its first row is shown, in milliseconds after navigation. */
const NOTE_FIRST_ROWS = `(() => {
  const look = () => {
    if (document.querySelector('button.key')) window.firstRowsAfter = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

const firstRows = async (user: ConsoleUser): Promise<number> => {
  await user.goTo('secrets?ns=company');
  return until('rows are shown', () => user.page.evaluate<number | undefined>('window.firstRowsAfter'));
};

/** Milliseconds from a change of the search box to the rows of the answer. */
const keystroke = (page: Page, text: string, key: string): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    const box = document.querySelector('input[type=search].search');
    const began = performance.now();
    box.value = ${JSON.stringify(text)};
    box.dispatchEvent(new Event('input', { bubbles: true }));
    const look = () => document.querySelector('button.key')?.textContent.trim() === ${JSON.stringify(key)}
      ? resolve(performance.now() - began) : setTimeout(look, 1);
    look();
  })`);

/** The longest time between two frames while the table is scrolled through, in milliseconds. */
const longestFrame = (page: Page, frames: number): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    const scroller = document.querySelector('.scroller');
    let [left, longest, before] = [${frames}, 0, performance.now()];
    const step = (now) => {
      longest = Math.max(longest, now - before);
      before = now;
      scroller.scrollTop += scroller.scrollHeight / ${frames};
      if ((left -= 1) > 0) requestAnimationFrame(step); else resolve(longest);
    };
    requestAnimationFrame((now) => { before = now; requestAnimationFrame(step); });
  })`);

/** The table of one user, with very many secrets. */
const measureTable = async (browser: Browser, { secrets, rounds, frames }: Options): Promise<Outcome> => {
  const coffer = await startCoffer();
  try {
    await fill(api(coffer.url, coffer.token), secrets);
    const user = await ConsoleUser.open(browser, coffer.url);
    const { page } = user;
    await page.addInitScript(NOTE_FIRST_ROWS);
    await user.signIn(coffer.token);
    const rows: number[] = [];
    for (let round = 0; round < rounds; round += 1) rows.push(await firstRows(user));
    const total = await page.getByRole('table', { name: 'Secrets' }).getAttribute('aria-rowcount');
    const strokes: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const number = Math.floor((secrets / rounds) * round);
      strokes.push(await keystroke(page, `service_${number}_pass`, `SERVICE_${number}_PASSWORD`));
    }
    await user.goTo('secrets?ns=company');
    await page.locator('button.key').first().waitFor();
    const longest: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      longest.push(await longestFrame(page, frames));
      await page.evaluate("document.querySelector('.scroller').scrollTop = 0");
    }
    await user.close();
    return combine(
      assertEqual('secrets in the table', Number(total) - 1, `of ${secrets}`, secrets),
      aimBelow('first rows after navigation, p50', rounded(quantile(rows, 0.5)), 'ms', 500),
      show('first rows after navigation, p99', rounded(quantile(rows, 0.99)), 'ms'),
      aimBelow('a keystroke in search to its rows, p50', rounded(quantile(strokes, 0.5)), 'ms', 100),
      show('a keystroke in search to its rows, p99', rounded(quantile(strokes, 0.99)), 'ms'),
      aimBelow('longest frame while scrolling', rounded(quantile(longest, 0.5)), 'ms', 100),
      assertEqual('complaints of the browser', user.visitor.complaints.length, '', 0),
    );
  } finally {
    await coffer.stop();
  }
};

/** Resolves with the wall-clock time, in milliseconds, at which a page shows a key. */
const seenAt = (page: Page, key: string): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    const look = () => [...document.querySelectorAll('button.key')].some((each) => each.textContent.trim() === ${JSON.stringify(key)})
      ? resolve(performance.timeOrigin + performance.now()) : setTimeout(look, 1);
    look();
  })`);

/** Makes a secret, and resolves with the wall-clock time at which it was saved by a click. */
const saveNew = async (user: ConsoleUser, key: string): Promise<number> => {
  await user.page.keyboard.press('n');
  await user.dialog.getByLabel('Key').fill(key);
  await user.dialog.getByRole('textbox', { name: 'Value', exact: true }).fill('x');
  await user.press('Review');
  await user.dialog.getByRole('button', { name: 'Save' }).waitFor();
  return user.page.evaluate<number>(`(() => {
    const at = performance.timeOrigin + performance.now();
    [...document.querySelectorAll('[role=dialog] button')].find((each) => each.textContent.trim() === 'Save').click();
    return at;
  })()`);
};

/** Two users at two gateways of a cluster. */
const measureTwo = (browser: Browser, { rounds }: Options): Promise<Outcome> =>
  Cluster.use({ counts: { gateway: 2, 'secret-worker': 1, 'cache-invalidator': 1 } }, async (cluster) => {
    const [one, two] = await Promise.all(
      cluster.of('gateway').map(async ({ address }) => {
        const user = await ConsoleUser.open(browser, address);
        await user.signIn(cluster.token);
        await user.goTo('secrets?ns=company');
        await user.connection('Live');
        return user;
      }),
    );
    if (one === undefined || two === undefined) throw new Error('there are no two gateways');
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const key = `WRITTEN_${round}`;
      const seen = seenAt(two.page, key);
      const saved = await saveNew(one, key);
      times.push((await seen) - saved);
      await one.press('Close');
    }
    return combine(
      aimBelow('a click on Save in one browser to the row in another, p50', rounded(quantile(times, 0.5)), 'ms', 200),
      show('a click on Save in one browser to the row in another, p99', rounded(quantile(times, 0.99)), 'ms'),
    );
  });

const measure = async (options: Options): Promise<Outcome> => {
  const browser = await openBrowser();
  try {
    return combine(await measureTable(browser, options), await measureTwo(browser, options));
  } finally {
    await browser.close();
  }
};

export default property({
  name: 'console',
  title: 'The console with 20,000 secrets',
  shows:
    'In a real browser: of very many secrets rows are there at once, are searched as one types, and scroll without a jerk; a write in one browser is seen in another, at another gateway.',
  servers: ['chromium', 'kafka', 'postgresql'],
  full: { secrets: 20_000, rounds: 21, frames: 120 },
  run: measure,
});
