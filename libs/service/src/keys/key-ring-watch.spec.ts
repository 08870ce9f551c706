import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Authenticator, createAccessToken, hashAccessToken } from '@coffer/access';
import { loadConfiguration, type ReadFile } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { Metrics } from '@coffer/observability';
import { stringify } from 'yaml';
import { KeyRingWatch, type KeyRingWatchOptions } from './key-ring-watch.js';
import { messageRing } from './watched-rings.js';

const folder = mkdtempSync(join(tmpdir(), 'coffer-keys-'));
const file = join(folder, 'coffer.yml');
const reload = (readFile?: ReadFile) =>
  loadConfiguration({ argv: ['--config', file], env: {}, ...(readFile && { readFile }) });

interface Key {
  readonly id: string;
  readonly secret?: string;
  readonly file?: string;
  readonly active?: boolean;
}

const secretOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const K1: Key = { id: 'k1', secret: secretOf(1), active: true };
const K2: Key = { id: 'k2', secret: secretOf(2), active: true };
const asleep = (key: Key): Key => ({ ...key, active: false });

const write = (keys: readonly Key[], beside: object = {}): void =>
  writeFileSync(file, stringify({ coffer: { encryption: { keys }, ...beside } }));

const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 20_000; !(await holds()); await delay(5)) {
    if (Date.now() > end) throw new Error(`not within 20 s: ${what}`);
  }
};

const watches: KeyRingWatch[] = [];
afterEach(() => watches.splice(0).forEach((watch) => watch.stop()));
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that has read the file, and its clock. */
const start = async (options: Partial<KeyRingWatchOptions> = {}) => {
  const configuration = reload();
  const ring = await KeyRing.derive(configuration.encryption?.keys ?? []);
  const authenticator = new Authenticator(ring, configuration.access);
  const metrics = new Metrics();
  const lines: string[] = [];
  const log = (fields: { err?: Error }, message: string): void =>
    void lines.push([message, fields.err?.message].join(': '));
  const clock = { now: 0, monotonic: () => clock.now };
  const watch = new KeyRingWatch({
    ...{ configuration, reload, metrics, clock, alone: false, intervalMs: 10, settleMs: 1 },
    rings: [messageRing(ring, ({ access }) => authenticator.replace(access))],
    logger: { info: log, warn: log, error: log } as never,
    ...options,
  });
  watches.push(watch);
  const metric = async (name: string): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
  return { ring, authenticator, lines, clock, metric, watch };
};

describe('KeyRingWatch', () => {
  it('takes in a key that is added, makes it active, and lets the old one go', async () => {
    write([K1]);
    const { ring, metric } = await start();
    write([K1, asleep(K2)]);
    await until('k2 is there', () => ring.ids.includes('k2'));
    expect(ring.activeId).toBe('k1');
    write([asleep(K1), K2]);
    await until('k2 is active', () => ring.activeId === 'k2');
    expect(await metric('coffer_encryption_keys{')).toEqual([
      'coffer_encryption_keys{ring="coffer.encryption",key="k1",active="false"} 1',
      'coffer_encryption_keys{ring="coffer.encryption",key="k2",active="true"} 1',
    ]);
    write([K2]);
    await until('k1 is gone', () => !ring.ids.includes('k1'));
  });

  it('takes in what a file of a key says later', async () => {
    const keyFile = join(folder, 'k2.key');
    writeFileSync(keyFile, 'too short');
    write([K1]);
    const { ring, watch, lines } = await start();
    write([K1, { id: 'k2', file: keyFile, active: false }]);
    await until('it is stale', () => watch.stale);
    expect(lines.join()).toContain('coffer.encryption.keys[1].file');
    writeFileSync(keyFile, secretOf(2));
    await until('k2 is there', () => ring.ids.includes('k2'));
    expect(watch.stale).toBe(false);
  });

  it('takes no part of a file that is being written, and keeps what that lacks', async () => {
    write([K1, asleep(K2)]);
    const { ring } = await start({ intervalMs: 1, settleMs: 2_000 });
    write([K1]);
    for (let look = 0; look < 50; look += 1) {
      expect(ring.ids).toEqual(['k1', 'k2']);
      await delay(10);
    }
    write([K1, asleep(K2), { id: 'k3', secret: secretOf(3), active: false }]);
    await until('k3 is there', () => ring.ids.includes('k3'));
    expect(ring.ids).toEqual(['k1', 'k2', 'k3']);
  });

  it('refuses another secret in the file of a key that it has', async () => {
    const keyFile = join(folder, 'k1.key');
    writeFileSync(keyFile, secretOf(1));
    write([{ id: 'k1', file: keyFile }]);
    const { lines, watch, metric } = await start();
    writeFileSync(keyFile, secretOf(3));
    await until('it is stale', () => watch.stale);
    expect(lines.join()).toContain("'k1' has another secret than before");
    expect(await metric('coffer_encryption_stale')).toEqual(['coffer_encryption_stale 1']);
  });

  it('holds a key that is new and active at once, and says so', async () => {
    write([K1]);
    const { ring, lines, clock } = await start({ holdMs: 1_000 });
    write([asleep(K1), K2]);
    await until('k2 is there', () => ring.ids.includes('k2'));
    await until('it is said', () => lines.some((line) => line.includes('only opens for now')));
    clock.now = 999;
    await delay(50);
    expect(ring.activeId).toBe('k1');
    clock.now = 1_000;
    await until('k2 is active', () => ring.activeId === 'k2');
  });

  it('holds nothing where no other process has the keys', async () => {
    write([K1]);
    const { ring } = await start({ alone: true });
    write([asleep(K1), K2]);
    await until('k2 is active', () => ring.activeId === 'k2');
  });

  it('keeps the key that seals while the file has it no more', async () => {
    write([K1]);
    const { ring, watch, lines } = await start();
    write([K2]);
    await until('it is stale', () => watch.stale);
    expect(lines.join()).toContain("'k1' seals here and is not listed any more");
    expect(ring.ids).toEqual(['k1']);
    write([K1, asleep(K2)]);
    await until('k2 is there', () => ring.ids.includes('k2'));
    expect(watch.stale).toBe(false);
  });

  it('keeps a key under which a token of the file was hashed', async () => {
    write([K1, asleep(K2)]);
    const token = createAccessToken();
    const hash = hashAccessToken(await KeyRing.derive(reload().encryption?.keys ?? []), token);
    const grants = [{ tenant: 'main', namespace: '*', permissions: ['list'] }];
    const access = { tokens: [{ id: 'ci', hash, grants }] };
    write([asleep(K1), K2], { access });
    const { ring, watch, lines, authenticator } = await start();
    const letsIn = async (): Promise<string> =>
      (await authenticator.authenticate({ authorization: `Bearer ${token.reveal()}`, address: '10.0.0.1' })).id;
    expect(await letsIn()).toBe('token:ci');
    write([K2], { access });
    await until('it is stale', () => watch.stale);
    expect(lines.join()).toMatch(/'ci' was hashed under the encryption key 'k1'/);
    expect(ring.ids).toEqual(['k1', 'k2']);
    expect(await letsIn()).toBe('token:ci');
    write([K2], { access: { tokens: [{ id: 'ci', hash: hashAccessToken(ring, token), grants }] } });
    await until('k1 is gone', () => !ring.ids.includes('k1'));
    expect(await letsIn()).toBe('token:ci');
  });
});
