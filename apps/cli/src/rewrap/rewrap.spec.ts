import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJdbcBackend } from '@coffer/backend-jdbc';
import { KeyRing } from '@coffer/crypto';
import { fenceOf, SecretPath, SecretValue } from '@coffer/secrets';
import { stringify } from 'yaml';
import { run } from '../run.js';
import { rewrapRecords } from './rewrap-records.js';

const K1 = { id: 'k1', secret: Buffer.alloc(32, 1).toString('base64') };
const K2 = { id: 'k2', secret: Buffer.alloc(32, 2).toString('base64') };
const COUNT = 120;

const ringOf = (...keys: readonly { id: string; secret: string; active: boolean }[]): Promise<KeyRing> =>
  KeyRing.derive(keys.map((key) => ({ ...key, secret: new SecretValue(key.secret) })));

const folder = mkdtempSync(join(tmpdir(), 'coffer-rewrap-'));
afterAll(() => rmSync(folder, { recursive: true }));
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const path = (index: number) => SecretPath.of('main', 'company', `k${index}`);

const open = (ring: KeyRing) =>
  openJdbcBackend({ connection: { dialect: 'embedded', file: join(folder, 'secrets.db') }, ring });

const fill = async (): Promise<void> => {
  const backend = open(await ringOf({ ...K1, active: true }));
  for (let index = 0; index < COUNT; index += 1) {
    const value = new SecretValue(`canary-${index}`);
    const mutation = { kind: 'put', path: path(index), value, metadata: { tags: [] } } as const;
    await backend.apply(mutation, { fence: fenceOf(1, BigInt(index + 1)), ...call() });
  }
  await backend.close();
};

const coffer = async (...args: readonly string[]) => {
  const output: string[] = [];
  const add = (text: string) => void output.push(text);
  const code = await run(args, {
    env: { COFFER_DATA_DIR: folder },
    cwd: folder,
    interactive: false,
    isScreen: false,
    input: (async function* () {})(),
    out: add,
    err: add,
  });
  return { code, output: output.join('') };
};

const configure = (keys: readonly object[]): void =>
  writeFileSync(join(folder, 'coffer.yml'), stringify({ coffer: { encryption: { keys } } }), { mode: 0o600 });

describe('coffer rewrap', () => {
  it('goes on where it was stopped, says what is left, and which key can go', async () => {
    await fill();
    const stopped = open(await ringOf({ ...K1, active: false }, { ...K2, active: true }));
    const first = (await stopped.sealed?.page(undefined, call())) ?? [];
    for (const record of first) await record.reseal(call());
    expect(first.length).toBeGreaterThan(0);
    await stopped.close();

    configure([
      { ...K1, active: false },
      { ...K2, active: true },
    ]);
    const { code, output } = await coffer('rewrap');
    expect(output).toContain(`default: ${COUNT - first.length} sealed anew`);
    expect(output).toContain(`default: ${COUNT} records under 'k2', which is active`);
    expect(output).toMatch(/no value needs 'k1' any more: it can be removed once every process/);
    expect(output).not.toContain('canary');
    expect(code).toBe(0);

    const after = open(await ringOf({ ...K2, active: true }));
    for (let index = 0; index < COUNT; index += 1) {
      const stored = await after.read(path(index), call());
      expect([stored?.value.reveal(), stored?.fence]).toEqual([`canary-${index}`, fenceOf(1, BigInt(index + 1))]);
    }
    await after.close();
    expect((await coffer('rewrap', '--store', 'default')).output).toContain('default: 0 sealed anew');
  });

  it('seals the rest where a record does not open, names it, and ends with 1', async () => {
    configure([K2]);
    const wrong = open(await ringOf({ id: 'gone', secret: K1.secret, active: true }));
    const mutation = { kind: 'put', path: path(7), value: new SecretValue('canary'), metadata: { tags: [] } } as const;
    await wrong.apply(mutation, { fence: fenceOf(2, 1n), ...call() });
    await wrong.close();
    const { code, output } = await coffer('rewrap');
    expect(code).toBe(1);
    expect(output).toMatch(/k7: the encryption key 'gone' is not in the configuration/);
    expect(output).toContain(`default: ${COUNT - 1} records under 'k2', which is active`);
    expect(output).toContain("default: 1 records under 'gone'");
  });

  it('keeps to its rate', async () => {
    const ring = await ringOf({ ...K1, active: true });
    let resealed = 0;
    const records = Array.from({ length: 50 }, (_, index) => ({
      path: path(index),
      cursor: String(index).padStart(3, '0'),
      get keyId() {
        return index < resealed ? 'k1' : 'old';
      },
      reseal: () => Promise.resolve(void (resealed += 1)),
    }));
    const page = (after?: string) =>
      Promise.resolve(records.filter(({ cursor }) => after === undefined || cursor > after));
    const began = performance.now();
    const result = await rewrapRecords({ ring, page }, { perSecond: 25, onProgress: () => undefined });
    expect(result.resealed).toBe(50);
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  it.each([
    [['rewrap', '--store', 'nowhere'], /there is no such store; the configuration has: default/],
    [['rewrap', '--rate', '0'], /whole number from 1/],
  ])('%s is refused', async (args, reason) => {
    const { code, output } = await coffer(...args);
    expect([code, output]).toEqual([1, expect.stringMatching(reason)]);
  });
});
