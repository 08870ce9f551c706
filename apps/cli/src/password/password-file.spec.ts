import { readFileSync } from 'node:fs';
import { Authenticator } from '@coffer/access';
import { loadConfiguration } from '@coffer/config';
import { CommandFixture } from '../command.fixture.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(180_000);

let fixture: CommandFixture;
let file: string;
beforeEach(() => {
  fixture = new CommandFixture();
  file = fixture.write('coffer.yml', 'coffer: {} # nobody\n');
});
afterEach(() => fixture.close());

const access = () => loadConfiguration({ argv: ['--config', file], env: {}, cwd: fixture.folder }).access;
const login = async (password: string): Promise<string> => {
  const authorization = `Basic ${btoa(`ann:${password}`)}`;
  return (await new Authenticator(await fixture.ring(), access()).authenticate({ authorization, address: '' })).id;
};
const set = (stdin: string, ...more: string[]) =>
  fixture.run(['password', 'set', '--username', 'ann', ...more], { stdin });

it('makes a user, gives it another password with the same grants, and removes it', async () => {
  expect(await set('first password')).toMatchObject({ code: 1, err: expect.stringContaining('needs --grant') });
  expect(await set('first password', '--grant', 'company:list')).toMatchObject({ code: 0, err: '' });
  expect(await login('first password')).toBe('user:ann');
  const { code, out } = await set('second password');
  expect([code, out]).toEqual([0, expect.stringContaining('within 2 seconds')]);
  await expect(login('first password')).rejects.toMatchObject({ code: 'unauthorized' });
  expect(await login('second password')).toBe('user:ann');
  expect(access().users).toMatchObject([{ username: 'ann', grants: [{ namespace: 'company' }] }]);
  expect(readFileSync(file, 'utf8')).toContain('# nobody');
  expect(readFileSync(file, 'utf8')).not.toContain('password:');
  expect(await fixture.run(['password', 'remove', '--username', 'ann'])).toMatchObject({ code: 0, err: '' });
  expect(access().users).toEqual([]);
  expect(await fixture.run(['password', 'remove', '--username', 'ann'])).toMatchObject({ code: 1 });
});
