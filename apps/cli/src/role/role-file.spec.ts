import { readFileSync } from 'node:fs';
import { rmSync } from 'node:fs';
import { Authenticator } from '@coffer/access';
import { loadConfiguration } from '@coffer/config';
import { SecretValue } from '@coffer/secrets';
import { CommandFixture } from '../command.fixture.js';

let fixture: CommandFixture;
let file: string;
beforeEach(() => {
  fixture = new CommandFixture();
  file = fixture.write('coffer.yml', '# ours\ncoffer:\n  access: {}\n');
});
afterEach(() => fixture.close());

const access = () => loadConfiguration({ argv: ['--config', file], env: {}, cwd: fixture.folder }).access;
const CREATE = ['role', 'create', '--id', 'deploy', '--grant', 'company:resolve', '--token-ttl', '15m'];
const SECRET_ID = ['role', 'secret-id', '--role', 'deploy', '--id', 'one'];

it('makes a role, gives it a secret id that lets in, and ends both', async () => {
  expect(await fixture.run(CREATE)).toMatchObject({ code: 0, err: '' });
  expect(await fixture.run(CREATE)).toMatchObject({ code: 1, err: expect.stringContaining("a role 'deploy' already") });
  const { code, out, err } = await fixture.run([...SECRET_ID, '--expires', '1d', '--cidr', '127.0.0.1', '--uses', '3']);
  expect([code, err]).toEqual([0, '']);
  const [secretId = '', ...more] = out.match(/coffer_secret_[0-9A-Za-z]+/g) ?? [];
  expect([more, readFileSync(file, 'utf8').includes(secretId)]).toEqual([[], false]);
  const uses = { take: () => true, retain: () => undefined };
  const authenticator = new Authenticator(await fixture.ring(), access(), { uses });
  const { principal } = authenticator.logIn('deploy', new SecretValue(secretId), { address: '127.0.0.1' });
  expect(principal).toMatchObject({ id: 'role:deploy', credentialId: 'one' });
  expect(access().roles).toMatchObject([
    { tokenTtlMs: 900_000, secretIds: [{ id: 'one', uses: 3, cidrs: ['127.0.0.1'] }] },
  ]);
  expect((await fixture.run(['access'])).out).toMatch(
    /role deploy {2}main\/company:resolve\nrole deploy {2}secret id one {2}until \S+ {2}from 127\.0\.0\.1 {2}3 uses\n/,
  );
  expect((await fixture.run(SECRET_ID)).err).toContain("a secret id 'one' already");
  expect(await fixture.run(SECRET_ID.with(5, 'two'), { isScreen: false })).toMatchObject({ code: 1, out: '' });
  expect(await fixture.run(['role', 'revoke', '--role', 'deploy', '--id', 'one'])).toMatchObject({ code: 0, err: '' });
  expect(access().roles).toMatchObject([{ id: 'deploy', secretIds: [] }]);
  expect(await fixture.run(['role', 'revoke', '--role', 'deploy'])).toMatchObject({ code: 0, err: '' });
  expect(access().roles).toEqual([]);
  expect(readFileSync(file, 'utf8')).toContain('# ours');
  expect((await fixture.run(['role', 'revoke', '--role', 'deploy'])).err).toContain('no such role');
  expect((await fixture.run(SECRET_ID)).err).toContain('no such role');
});

it.each<[string[], string]>([
  [[...CREATE.slice(0, -1), '2h'], 'from 1s to 1h'],
  [CREATE.with(3, 'a b'), 'the id must have'],
])('refuses %p', async (command, message) => {
  const before = readFileSync(file, 'utf8');
  expect(await fixture.run(command)).toMatchObject({ code: 1, err: expect.stringContaining(message) });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('refuses a number of uses for a Coffer that runs distributed', async () => {
  const secret = 'k'.repeat(43);
  rmSync(fixture.path('root.key'));
  fixture.write('coffer.yml', `coffer:\n  encryption:\n    keys: [{id: k, secret: '${secret}'}]\n`);
  expect(await fixture.run(CREATE)).toMatchObject({ code: 0 });
  const { code, err } = await fixture.run([...SECRET_ID, '--uses', '1']);
  expect([code, err]).toEqual([1, expect.stringContaining("has 'uses', which several processes cannot count")]);
  expect(access().roles).toMatchObject([{ secretIds: [] }]);
  expect(await fixture.run(SECRET_ID)).toMatchObject({ code: 0 });
});
