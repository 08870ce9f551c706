/** @servers chromium kafka postgresql redis */
import { FaultyProxy } from '@coffer/backend-conformance/faults';
import type { Browser } from 'playwright-core';
import { Cluster, type Started } from '../cluster/index.js';
import { openBrowser } from '../console/browser.js';
import { ConsoleUser } from '../console/console-user.js';
import { until, type Api } from '../harness/index.js';

// A browser and real processes, on machines that may be busy.
jest.setTimeout(600_000);

/** As the configuration has them by default. */
const [PARTITIONS, SHARDS] = [12, 4];

let cluster: Cluster;
let browser: Browser;
/** The second user's way to their gateway, which can be led to another one. */
let proxy: FaultyProxy;
let first: Started;
let second: Started;
let a: Api;
let one: ConsoleUser;
let two: ConsoleUser;

const portOf = ({ address }: Started): number => Number(new URL(address).port);
const put = async (namespace: string, key: string, value: string): Promise<void> => {
  const { status, text } = await a.put(namespace, { key, value });
  expect([status, text]).toEqual([200, expect.any(String)]);
};
const valueOf = async (namespace: string, key: string): Promise<unknown> =>
  (await a.value(namespace, key)).json()['value'];

beforeAll(async () => {
  [cluster, browser] = await Promise.all([Cluster.open({ cache: {} }), openBrowser()]);
  const [left, right] = cluster.of('gateway');
  if (left === undefined || right === undefined) throw new Error('there are no two gateways');
  [first, second] = [left, right];
  a = cluster.client(first);
  await put('company', 'SHARED', 'base');
  proxy = await FaultyProxy.to(portOf(second));
  one = await ConsoleUser.open(browser, first.address);
  // What moves is shown to one of them.
  two = await ConsoleUser.open(browser, `http://127.0.0.1:${proxy.port}`, { reducedMotion: 'no-preference' });
  for (const user of [one, two]) {
    await user.signIn(cluster.token);
    await user.goTo('secrets?ns=company');
    await user.key('SHARED').waitFor();
    await user.connection('Live');
  }
});
afterAll(async () => {
  await (browser as Browser | undefined)?.close();
  await (proxy as FaultyProxy | undefined)?.close();
  await (cluster as Cluster | undefined)?.close();
});

it('two browsers at two gateways see the same: what one makes and deletes appears in the other and goes', async () => {
  await one.page.keyboard.press('n');
  await one.dialog.getByLabel('Key').fill('NEW_KEY');
  await one.dialog.getByRole('textbox', { name: 'Value', exact: true }).fill('x');
  await one.press('Review');
  await one.press('Save');
  await one.dialog.getByText('Saved.').waitFor();
  await two.key('NEW_KEY').waitFor();
  await one.press('Close');
  await two.key('NEW_KEY').click();
  await two.press('Delete');
  await two.press('Apply 1');
  await two.dialog.getByRole('cell', { name: 'done' }).waitFor();
  await two.press('Close');
  await one.key('NEW_KEY').waitFor({ state: 'detached' });
});

it('of two who edit the same, the second to save is shown what both made of it', async () => {
  for (const [user, value] of [
    [one, 'theirs'],
    [two, 'mine'],
  ] as const) {
    await user.key('SHARED').click();
    await user.press('Edit');
    await user.dialog.getByRole('textbox', { name: 'Value', exact: true }).fill(value);
    await user.press('Review');
    await user.dialog.getByText('base').first().waitFor();
  }
  await one.press('Save');
  await one.dialog.getByText('Saved.').waitFor();
  await two.press('Save');
  await two.dialog.getByText('Nothing of yours is written yet').waitFor();
  await two.dialog.getByText('theirs', { exact: true }).first().waitFor();
  await two.dialog.getByText('What they changed').click();
  await two.dialog.getByText('base', { exact: true }).first().waitFor();
  expect(await valueOf('company', 'SHARED')).toBe('theirs');
  await two.press('Overwrite with mine');
  await two.dialog.getByText('Saved.').waitFor();
  expect(await valueOf('company', 'SHARED')).toBe('mine');
  for (const user of [one, two]) {
    await user.press('Close');
    await user.page.keyboard.press('Escape');
  }
});

it('namespaces are compared, and the system shows its stores and its gateway', async () => {
  await put('other', 'SHARED', 'mine');
  await put('other', 'ELSEWHERE', 'x');
  const { page } = one;
  await one.goTo('compare?a=company&b=other');
  for (const [key, verdict] of Object.entries({ SHARED: 'same', ELSEWHERE: 'missing' })) {
    await page.getByRole('row').filter({ hasText: key }).locator('td').first().getByText(verdict).waitFor();
  }
  await one.goTo('system');
  await page.getByRole('row').filter({ hasText: 'PostgreSQL' }).getByText('ok').first().waitFor();
  await page.getByRole('heading', { name: 'This gateway' }).waitFor();
  await one.visitor.checkAccessibility();
  await one.goTo('secrets?ns=company');
  await one.key('SHARED').waitFor();
});

/** The rows of one role in the table of processes, as they are now. */
const processesOf = async (role: 'gateway' | 'coordinator' | 'worker'): Promise<readonly string[]> => {
  await one.page.reload();
  const table = one.page.getByRole('region', { name: 'Roles and what they hold' });
  await table.waitFor();
  return table.getByRole('row').filter({ hasText: role }).allTextContents();
};
/** Whether they are so many, each with a process of its own, which together hold all of these. */
const areAll = (rows: readonly string[], count: number, held: number): boolean => {
  const ids = rows.map((row) => /[0-9a-f]{8}/.exec(row)?.[0]);
  const numbers = rows.flatMap((row) =>
    [...row.matchAll(/(?:shards?|partitions?) ([\d, ]*\d)/g)].flatMap(([, all]) => all?.split(', ') ?? []),
  );
  return (
    rows.length === count && !ids.includes(undefined) && new Set(ids).size === count && new Set(numbers).size === held
  );
};

it('the system names every process of the cluster and what it holds, and one that was killed goes', async () => {
  await one.goTo('system');
  await until('both gateways are seen', async () => {
    const rows = await processesOf('gateway');
    return rows.length === 2 && rows.every((row) => row.includes('leases of')) && rows.join().includes('this one');
  });
  await until('both coordinators are seen', async () => areAll(await processesOf('coordinator'), 2, SHARDS));
  await until('both workers are seen', async () => areAll(await processesOf('worker'), 2, PARTITIONS));
  await one.visitor.checkAccessibility();
  for (const [role, name, all] of [
    ['secret-worker', 'worker', PARTITIONS],
    ['cache-invalidator', 'coordinator', SHARDS],
  ] as const) {
    const [killed] = cluster.of(role);
    if (killed === undefined) throw new Error(`there is no ${role}`);
    await cluster.end(killed);
    await until(`the other ${name} has all`, async () => areAll(await processesOf(name), 1, all));
  }
  await cluster.writesGoThrough();
  await one.goTo('secrets?ns=company');
  await one.key('SHARED').waitFor();
});

it('while the log is out of reach the list says how old it is, and it is live again by itself afterwards', async () => {
  const { page } = one;
  await one.connection('Live');
  await two.goTo('system');
  await two.connection('Live');
  await cluster.without('broker', async () => {
    // Nobody does anything: both are notified.
    await one.connection('Out of date');
    await two.connection('Out of date');
    await one.goTo('secrets?ns=company');
    await one.connection('Out of date');
    await page.getByText('The log is out of reach').first().waitFor();
    await one.key('SHARED').waitFor();
    await one.visitor.checkAccessibility();
    await one.key('SHARED').click();
    await one.press('Reveal');
    await one.dialog.getByText('mine').waitFor();
    await page.keyboard.press('Escape');
  });
  await page.getByText('The log is out of reach').waitFor({ state: 'detached' });
  await one.connection('Live');
  await two.connection('Live');
  await two.goTo('secrets?ns=company');
  await cluster.writesGoThrough();
});

it('one whose gateway is killed comes back at another, without a new page, and misses nothing', async () => {
  await put('company', 'TO_BE_DELETED', 'x');
  await two.key('TO_BE_DELETED').waitFor();
  await two.page.evaluate("window.sameDocument = 'yes'");
  await one.goTo('system');
  await one.page.getByRole('row').filter({ hasText: 'this one' }).waitFor();
  await cluster.end(second);
  // Nobody loads the page again.
  await one.page.getByRole('row').filter({ hasText: 'gateway' }).getByText('silent').waitFor();
  await two.connection('Catching up');
  await put('company', 'WRITTEN_MEANWHILE', 'x');
  expect((await a.delete('company', 'TO_BE_DELETED')).status).toBe(204);
  proxy.leadTo(portOf(first));
  await two.connection('Live');
  await two.key('WRITTEN_MEANWHILE').waitFor();
  await two.key('TO_BE_DELETED').waitFor({ state: 'detached' });
  await put('company', 'WRITTEN_AFTER', 'x');
  await two.key('WRITTEN_AFTER').waitFor();
  expect(await two.page.evaluate('window.sameDocument')).toBe('yes');
  expect(one.visitor.complaints).toEqual([]);
});
