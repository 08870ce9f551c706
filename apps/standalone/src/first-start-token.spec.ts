import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authenticator, createAccessToken, type Credentials, type Permission } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { DataFolder } from './data-folder/data-folder.js';
import { FirstStartToken } from './first-start-token.js';

const folders: string[] = [];
const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-first-'));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const NOBODY: Credentials = { tokens: [], users: [] };
const having = (namespace: string, ...permissions: Permission[]): Credentials => ({
  tokens: [
    { id: 'x', hash: `hmac-sha256:root:${'A'.repeat(43)}`, grants: [{ tenant: 'main', namespace, permissions }] },
  ],
  users: [],
});

/** A start of the folder: what it shows, and whether a token is let in. */
const start = async (path: string, credentials = NOBODY, show = (_token: string): void => undefined) => {
  const folder = DataFolder.open(path);
  const ring = await KeyRing.derive([{ id: 'root', secret: folder.rootKey, active: true }]);
  const shown: string[] = [];
  const first = new FirstStartToken(folder, ring, (token, file) => {
    expect(file).toBe(join(path, 'first-start-token'));
    shown.push(token);
    show(token);
  });
  const letsIn = async (token: string, beside = credentials): Promise<boolean> => {
    const credential = first.credentialBeside(beside);
    const authenticator = new Authenticator(ring, { tokens: credential === undefined ? [] : [credential], users: [] });
    const login = authenticator.authenticate({ authorization: `Bearer ${token}`, address: '192.0.2.1' });
    return login.then(
      () => true,
      () => false,
    );
  };
  return { first, shown, letsIn, close: () => folder.close() };
};

describe('the first-start token', () => {
  it('is revoked where that can be seen and not be kept, and ends no process that looks', async () => {
    const path = fresh();
    const { first, shown, letsIn, close } = await start(path);
    first.credentialBeside(NOBODY);
    rmSync(join(path, 'first-start-token'));
    mkdirSync(join(path, 'first-start-token'), { mode: 0o700 });
    writeFileSync(join(path, 'first-start-token.revoked'), '', { mode: 0o600 });
    expect([first.isRevoked(), first.isRevoked(), await letsIn(shown[0] ?? '')]).toEqual([true, true, false]);
    close();
    const again = await start(path);
    expect(await again.letsIn(shown[0] ?? '')).toBe(false);
    again.close();
  });

  it('is hashed under the key that has become active, as long as its file is there', async () => {
    const path = fresh();
    const one = await start(path);
    one.first.credentialBeside(NOBODY);
    const [token = ''] = one.shown;
    one.close();
    const folder = DataFolder.open(path);
    const root = { id: 'root', secret: folder.rootKey, active: false };
    const other = { id: 'k2', secret: new SecretValue(Buffer.alloc(32, 2).toString('base64')), active: true };
    const ring = await KeyRing.derive([root, other]);
    const first = new FirstStartToken(folder, ring, () => undefined);
    expect(first.credentialBeside(NOBODY)?.hash).toMatch(/^hmac-sha256:k2:/);
    ring.replace(await KeyRing.derive([other]));
    const credential = first.credentialBeside(NOBODY);
    const authenticator = new Authenticator(ring, { tokens: credential === undefined ? [] : [credential], users: [] });
    const login = authenticator.authenticate({ authorization: `Bearer ${token}`, address: '192.0.2.1' });
    expect((await login).id).toBe('token:first-start');
    folder.close();
  });

  it('is shown once, kept for its owner alone, and counts at every start', async () => {
    const path = fresh();
    const one = await start(path);
    one.first.credentialBeside(NOBODY);
    const [token = ''] = one.shown;
    expect(await one.letsIn(token)).toBe(true);
    one.close();
    const file = join(path, 'first-start-token');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([`${token}\n`, 0o600]);
    const two = await start(path);
    expect([await two.letsIn(token), two.shown]).toEqual([true, []]);
    two.close();
  });

  it('is shown again when the start that made it ended before it counted', async () => {
    const path = fresh();
    const seen: string[] = [];
    const one = await start(path, NOBODY, (token) => {
      seen.push(token);
      throw new Error('ended');
    });
    expect(() => one.first.credentialBeside(NOBODY)).toThrow('ended');
    one.close();
    const two = await start(path);
    two.first.credentialBeside(NOBODY);
    expect(two.shown).toEqual(seen);
    expect(await two.letsIn(seen[0] ?? '')).toBe(true);
    two.close();
  });

  it('does not count beside an administrator, and is not made then', async () => {
    const path = fresh();
    const administrator = having('*', 'admin');
    const one = await start(path, administrator);
    expect([one.first.credentialBeside(administrator), one.shown]).toEqual([undefined, []]);
    expect(existsSync(join(path, 'first-start-token'))).toBe(false);
    one.first.credentialBeside(NOBODY);
    const [token = ''] = one.shown;
    expect([await one.letsIn(token, NOBODY), await one.letsIn(token, administrator)]).toEqual([true, false]);
    for (const other of [having('*', 'list', 'resolve', 'write', 'delete'), having('company', 'admin')]) {
      expect(await one.letsIn(token, other)).toBe(true);
    }
    one.close();
  });

  it('is revoked for good by a file in the folder, also while the process runs', async () => {
    const path = fresh();
    const one = await start(path);
    one.first.credentialBeside(NOBODY);
    const [token = ''] = one.shown;
    const mark = join(path, 'first-start-token.revoked');
    writeFileSync(mark, '', { mode: 0o600 });
    expect([one.first.isRevoked(), await one.letsIn(token)]).toEqual([true, false]);
    expect(existsSync(join(path, 'first-start-token'))).toBe(false);
    one.close();
    rmSync(mark);
    const two = await start(path);
    expect([await two.letsIn(token), two.shown]).toEqual([false, []]);
    two.close();
  });

  it('is another one than what somebody else put in its file', async () => {
    const path = fresh();
    writeFileSync(join(path, 'first-start-token'), 'not a token\n', { mode: 0o600 });
    const one = await start(path);
    one.first.credentialBeside(NOBODY);
    expect(one.shown).toHaveLength(1);
    expect(await one.letsIn(createAccessToken().reveal())).toBe(false);
    one.close();
  });
});
