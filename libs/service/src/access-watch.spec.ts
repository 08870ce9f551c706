import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Authenticator, createAccessToken, hashAccessToken } from '@coffer/access';
import { loadAccess, loadConfiguration, type ReadFile } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { Metrics } from '@coffer/observability';
import { CofferError, SecretValue, type SecretValue as Secret } from '@coffer/secrets';
import { stringify } from 'yaml';
import { AccessWatch } from './access-watch.js';

const folder = mkdtempSync(join(tmpdir(), 'coffer-access-'));
const file = join(folder, 'coffer.yml');
const argv = ['--config', file];
const from = (readFile?: ReadFile) => ({ argv, env: {}, ...(readFile && { readFile }) });
const reload = (readFile?: ReadFile) => loadConfiguration(from(readFile));
const reloadAccess = (readFile?: ReadFile) => loadAccess(from(readFile));

let ring: KeyRing;
beforeAll(async () => {
  const secret = new SecretValue(Buffer.alloc(32, 1).toString('base64'));
  ring = await KeyRing.derive([{ id: 'root', secret, active: true }]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const newToken = (id: string) => {
  const token = createAccessToken();
  const grants = [{ tenant: 'main', namespace: '*', permissions: ['list'] }];
  return { token, entry: { id, hash: hashAccessToken(ring, token), grants } };
};
const write = (tokens: readonly object[], beside: object = {}): void =>
  writeFileSync(file, stringify({ coffer: { access: { tokens }, ...beside } }));

const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 20_000; !(await holds()); await delay(10)) {
    if (Date.now() > end) throw new Error(`not within 20 s: ${what}`);
  }
};

const watches: AccessWatch[] = [];
afterEach(() => watches.splice(0).forEach((watch) => watch.stop()));

/** A process that has read the file; `begin` is what it does some time later. */
const start = (intervalMs = 20, settleMs = 1) => {
  const authenticator = new Authenticator(ring, reload().access);
  const metrics = new Metrics();
  const lines: string[] = [];
  const log = (_fields: object, message: string): void => void lines.push(message);
  const begin = (): AccessWatch => {
    const apply = (access: ReturnType<typeof reload>['access']): void => authenticator.replace(access);
    const logger = { info: log, warn: log, error: log } as never;
    const watch = new AccessWatch({ file, reload, reloadAccess, apply, metrics, logger, intervalMs, settleMs });
    watches.push(watch);
    return watch;
  };
  const letsIn = async (token: Secret): Promise<boolean> => {
    try {
      await authenticator.authenticate({ authorization: `Bearer ${token.reveal()}`, address: '10.0.0.1' });
      return true;
    } catch (error) {
      if (CofferError.is(error, 'unauthorized') || CofferError.is(error, 'throttled')) return false;
      throw error;
    }
  };
  const stale = async (): Promise<string | undefined> => /^coffer_access_stale (\d)$/m.exec(await metrics.text())?.[1];
  return { begin, letsIn, stale, lines };
};

describe('a change of the configuration file', () => {
  it('between the first read and the watch counts as the watch begins', async () => {
    const [kept, revoked] = [newToken('kept'), newToken('revoked')];
    write([kept.entry, revoked.entry]);
    const { begin, letsIn } = start(3_600_000);
    write([kept.entry]);
    expect(await letsIn(revoked.token)).toBe(true);
    begin();
    expect([await letsIn(revoked.token), await letsIn(kept.token)]).toEqual([false, true]);
  });

  it('counts while the process runs, also by a file put in its place', async () => {
    const [kept, revoked] = [newToken('kept'), newToken('revoked')];
    write([kept.entry, revoked.entry]);
    const { begin, letsIn } = start();
    begin();
    expect(await letsIn(revoked.token)).toBe(true);
    const other = join(folder, 'other.yml');
    writeFileSync(other, stringify({ coffer: { access: { tokens: [kept.entry] } } }));
    renameSync(other, file);
    await until('the token is revoked', async () => !(await letsIn(revoked.token)));
    expect(await letsIn(kept.token)).toBe(true);
  });

  it.each([
    ['a port that is none', { server: { port: 'canary' } }],
    ['an unknown key', { sever: {} }],
    ['a store without its secret', { managers: [{ namespace: 'a', type: 'jdbc' }] }],
    ['a variable that is missing', { redis: { url: '${NOT_SET}' } }],
    ['a setting that is empty', { server: { host: null } }],
  ])('revokes beside %s', async (_what, beside) => {
    const [kept, revoked] = [newToken('kept'), newToken('revoked')];
    write([kept.entry, revoked.entry]);
    const { begin, letsIn, stale, lines } = start();
    const watch = begin();
    write([kept.entry], beside);
    await until('the token is revoked', async () => !(await letsIn(revoked.token)));
    expect([await letsIn(kept.token), watch.stale, await stale()]).toEqual([true, false, '0']);
    expect(lines.join('\n')).toContain('only its access counts');
  });

  it('is no part of one: who writes into the file empties it first', async () => {
    const [kept, other] = [newToken('kept'), newToken('other')];
    write([kept.entry]);
    const { begin, letsIn } = start(1, 2_000);
    begin();
    writeFileSync(file, '');
    for (let look = 0; look < 50; look += 1) {
      expect(await letsIn(kept.token)).toBe(true);
      await delay(10);
    }
    write([kept.entry, other.entry]);
    await until('the other one counts', () => letsIn(other.token));
    expect(await letsIn(kept.token)).toBe(true);
  });

  it('with the last entry removed lets nobody in', async () => {
    const revoked = newToken('revoked');
    write([revoked.entry]);
    const { begin, letsIn } = start();
    begin();
    writeFileSync(file, 'coffer:\n  access:\n    tokens:\n');
    await until('the token is revoked', async () => !(await letsIn(revoked.token)));
  });

  it.each([
    [
      'a grant that is wrong',
      (entry: object) => stringify({ coffer: { access: { tokens: [{ ...entry, grants: [] }] } } }),
    ],
    [
      'a hash that is none',
      (entry: object) => stringify({ coffer: { access: { tokens: [{ ...entry, hash: 'x' }] } } }),
    ],
    [
      'an empty namespace',
      (entry: object) =>
        stringify({
          coffer: {
            access: { tokens: [{ ...entry, grants: [{ tenant: 'main', namespace: '', permissions: ['list'] }] }] },
          },
        }),
    ],
    ['its name misspelt', (entry: object) => stringify({ coffer: { acess: { tokens: [entry] } } })],
    ['text that is no YAML', () => 'coffer: ['],
  ])('of access with %s makes it stale until it is mended', async (_what, textOf) => {
    const [kept, late] = [newToken('kept'), newToken('late')];
    write([kept.entry]);
    const { begin, letsIn, stale, lines } = start();
    const watch = begin();
    expect([watch.stale, watch.details(), await stale()]).toEqual([false, undefined, '0']);
    writeFileSync(file, textOf(late.entry));
    await until('access is stale', () => watch.stale);
    expect([await letsIn(kept.token), await letsIn(late.token), await stale()]).toEqual([true, false, '1']);
    expect(watch.details()).toEqual({ access: 'stale' });
    expect(lines.filter((line) => line.includes('from before still count'))).toHaveLength(1);
    write([late.entry]);
    await until('access is mended', () => !watch.stale);
    expect([await letsIn(kept.token), await letsIn(late.token), await stale()]).toEqual([false, true, '0']);
  });

  it('that takes the file away makes access stale', async () => {
    const kept = newToken('kept');
    write([kept.entry]);
    const { begin, letsIn } = start();
    const watch = begin();
    rmSync(file);
    await until('access is stale', () => watch.stale);
    expect(await letsIn(kept.token)).toBe(true);
    write([kept.entry]);
    await until('access is mended', () => !watch.stale);
  });
});
