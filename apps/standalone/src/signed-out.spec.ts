import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '@coffer/config';
import { createLogger } from '@coffer/observability';
import { DataFolder } from './data-folder/data-folder.js';
import { composeStandalone, type Standalone } from './standalone.js';

const OWN_PAGE = { 'x-coffer-csrf': '1', 'sec-fetch-site': 'same-origin' };

const folder = mkdtempSync(join(tmpdir(), 'coffer-signed-out-'));
// As the program does: what it writes is its owner's alone.
const umask = process.umask(0o077);
afterAll(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});
let token = '';

const start = async (): Promise<Standalone> => {
  const standalone = await composeStandalone({
    configuration: loadConfiguration({ env: {}, cwd: folder }),
    folder: DataFolder.open(join(folder, 'data')),
    logger: createLogger('silent'),
    version: 'test',
    showToken: (shown) => (token = shown),
  });
  await standalone.app.init();
  return standalone;
};
const signIn = async ({ app }: Standalone): Promise<string> => {
  const answer = await app.inject({ method: 'POST', url: '/session', headers: OWN_PAGE, payload: { token } });
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
};
const whoami = async ({ app }: Standalone, cookie: string): Promise<number> =>
  (await app.inject({ url: '/coffer/v1/main/whoami', headers: { ...OWN_PAGE, cookie } })).statusCode;

it('a session that was signed out does not count after a restart, and others go on', async () => {
  const first = await start();
  const [ended, other] = [await signIn(first), await signIn(first)];
  expect([await whoami(first, ended), await whoami(first, other)]).toEqual([200, 200]);
  const signedOut = await first.app.inject({
    method: 'DELETE',
    url: '/session',
    headers: { ...OWN_PAGE, cookie: ended },
  });
  expect(signedOut.statusCode).toBe(204);
  await first.close();
  const second = await start();
  const after = [await whoami(second, ended), await whoami(second, other)];
  await second.close();
  expect(after).toEqual([401, 200]);
});
