import { existsSync, readFileSync, statSync, symlinkSync, chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Authenticator } from '@coffer/access';
import { loadConfiguration } from '@coffer/config';
import { CommandFixture } from '../command.fixture.js';

let fixture: CommandFixture;
let file: string;
beforeEach(() => {
  fixture = new CommandFixture();
  file = fixture.write('coffer.yml', '# ours\ncoffer:\n  access:\n    tokens: [] # nobody yet\n  log: {level: info}\n');
});
afterEach(() => fixture.close());

const CREATE = ['token', 'create', '--id', 'ci', '--grant', 'company.team:list,resolve'];
const TOKEN_BY_VARIABLES = {
  COFFER_ACCESS_TOKENS_0_ID: 'x',
  COFFER_ACCESS_TOKENS_0_HASH: 'y',
  COFFER_ACCESS_TOKENS_0_GRANTS_0_TENANT: 'a',
  COFFER_ACCESS_TOKENS_0_GRANTS_0_NAMESPACE: 'a',
  COFFER_ACCESS_TOKENS_0_GRANTS_0_PERMISSIONS: 'list',
};
const text = (): string => readFileSync(file, 'utf8');
const accessOf = () => loadConfiguration({ argv: ['--config', file], env: {}, cwd: fixture.folder }).access;
const login = async (token: string): Promise<string> => {
  const authenticator = new Authenticator(await fixture.ring(), accessOf());
  return (await authenticator.authenticate({ authorization: `Bearer ${token}`, address: '127.0.0.1' })).id;
};

describe('token create', () => {
  it('puts the entry into the file, and the token counts', async () => {
    chmodSync(file, 0o640);
    const before = text();
    const { code, out, err } = await fixture.run([...CREATE, '--expires', '90d', '--cidr', '127.0.0.0/8']);
    expect([code, err]).toEqual([0, '']);
    const [token = '', ...more] = out.match(/coffer_[0-9A-Za-z]+/g) ?? [];
    expect(more).toEqual([]);
    expect(text()).not.toContain(token);
    expect(await login(token)).toBe('token:ci');
    const [entry] = accessOf().tokens;
    expect(entry?.cidrs).toEqual(['127.0.0.0/8']);
    expect(Math.abs((entry?.expiresAtMs ?? 0) - Date.now() - 90 * 86_400_000)).toBeLessThan(600_000);
    for (const line of ['# ours', '# nobody yet', 'level: info']) expect(text()).toContain(line);
    expect(out).toContain(`${file} is changed; as it was before, it is in ${file}.bak`);
    expect(out).toContain('within 2 seconds');
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(before);
    for (const each of [file, `${file}.bak`]) expect(statSync(each).mode & 0o777).toBe(0o640);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('follows a link and leaves it a link', async () => {
    symlinkSync(file, fixture.path('link.yml'));
    const { code } = await fixture.run([...CREATE, '--config', 'link.yml']);
    expect(code).toBe(0);
    expect(readFileSync(fixture.path('link.yml'), 'utf8')).toBe(text());
    expect(accessOf().tokens).toHaveLength(1);
  });

  it('writes the token to no pipe, but to a file of its owner’s or where it is told to', async () => {
    const refused = await fixture.run(CREATE, { isScreen: false });
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('--secret-file');
    expect(accessOf().tokens).toEqual([]);
    const kept = await fixture.run([...CREATE, '--secret-file', 'token'], { isScreen: false });
    expect(kept.code).toBe(0);
    expect(kept.out).not.toMatch(/coffer_[0-9A-Za-z]{20}/);
    expect(statSync(fixture.path('token')).mode & 0o777).toBe(0o600);
    expect(await login(readFileSync(fixture.path('token'), 'utf8').trim())).toBe('token:ci');
    const again = await fixture.run([...CREATE.with(3, 'cd'), '--secret-file', 'token'], { isScreen: false });
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('EEXIST') });
    expect(accessOf().tokens).toHaveLength(1);
    const shown = await fixture.run([...CREATE.with(3, 'cd'), '--secret-file', '-'], { isScreen: false });
    expect(await login(/coffer_\w+/.exec(shown.out)?.[0] ?? '')).toBe('token:cd');
  });

  it('leaves no token behind where the file stays as it was', async () => {
    await fixture.run(CREATE);
    const before = text();
    const { code, err } = await fixture.run([...CREATE, '--secret-file', 'token']);
    expect([code, err]).toEqual([1, expect.stringContaining("there is a token 'ci' already")]);
    expect(existsSync(fixture.path('token'))).toBe(false);
    expect(text()).toBe(before);
  });

  it.each(['10/8', '*', 'localhost', '10.0.0.0/33', '010.0.0.1', '10.0.0.0/8,10.1.0.0/16', ''])(
    'refuses the block %j, also for an entry that is printed',
    async (block) => {
      for (const more of [[], ['--print']]) {
        const { code, out, err } = await fixture.run([...CREATE, '--cidr', block, ...more]);
        expect([code, out, err]).toEqual([1, '', expect.stringContaining('must be an address or a block such as')]);
      }
    },
  );

  it('prints the entry where there is no file, or when asked to', async () => {
    const before = text();
    const printed = await fixture.run([...CREATE, '--print']);
    expect([printed.code, text()]).toEqual([0, before]);
    expect(printed.out).toContain('id: ci');
    fixture.close();
    fixture = new CommandFixture();
    expect((await fixture.run(CREATE)).out).toContain('id: ci');
  });

  it.each([
    ['--expires', 'tomorrow', 'must be a time'],
    ['--expires', '2020-01-01T00:00:00Z', 'must be ahead'],
    ['--cidr', '10.0.0.0/33', 'must be an address or a block'],
  ])('refuses %s %s and changes nothing', async (option, value, message) => {
    const before = text();
    const { code, err } = await fixture.run([...CREATE, option, value]);
    expect([code, err, text()]).toEqual([1, expect.stringContaining(message), before]);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('says what in the file was wrong before, and changes its access all the same', async () => {
    fixture.write('coffer.yml', `${text()}  sever: {}\n`);
    const { code, err } = await fixture.run(CREATE);
    expect([code, err]).toEqual([0, expect.stringContaining('coffer.sever')]);
    expect(text()).toContain('id: ci');
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['a variable gives the list', 'coffer: {}\n', TOKEN_BY_VARIABLES, 'no effect or another one'],
    ['a variable gives a part of it', 'coffer: {}\n', { COFFER_ACCESS_TOKENS_0_ID: 'x' }, 'tokens[0].hash is missing'],
    ['a later text gives the list', 'coffer: {}\n', { KESTRA_CONFIGURATION: 'coffer.access.tokens: []' }, 'no effect'],
    [
      'a merge key gives the list',
      'b: &b {tokens: [{id: x, hash: y, grants: [{tenant: a, namespace: a, permissions: list}]}]}\ncoffer: {access: {<<: *b}}\n',
      {},
      'no effect or another one',
    ],
    ['the access is wrong', 'coffer: {access: {tokens: [{id: x}]}}\n', {}, 'coffer.access.tokens[0]'],
    [
      'another token’s hash is none',
      'coffer: {access: {tokens: [{id: x, hash: y, grants: [{tenant: a, namespace: a, permissions: list}]}]}}\n',
      {},
      "hash of the access token 'x' is none",
    ],
    ['it is no YAML', 'coffer: {\n', {}, 'not valid YAML'],
  ])('leaves the file as it was where %s', async (_why, content, env, message) => {
    fixture.write('coffer.yml', content);
    const { code, err } = await fixture.run(CREATE, { env });
    expect([code, text()]).toEqual([1, content]);
    expect(err).toContain(message);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it.each([
    ['Latin-1', 'latin1'],
    ['UTF-16', 'utf16le'],
  ] as const)('leaves a file in %s as it is, byte by byte', async (_name, encoding) => {
    const bytes = Buffer.from(`\ufeff# für Straßen\n${text()}`.slice(encoding === 'latin1' ? 1 : 0), encoding);
    writeFileSync(file, bytes);
    const { code, err } = await fixture.run(CREATE);
    expect([code, err]).toEqual([1, expect.stringContaining('is not UTF-8')]);
    expect(readFileSync(file)).toEqual(bytes);
    for (const made of [`${file}.new`, `${file}.bak`]) expect(existsSync(made)).toBe(false);
  });

  it('waits for nobody who is changing the file', async () => {
    writeFileSync(`${file}.new`, '');
    const { code, err } = await fixture.run(CREATE);
    expect([code, err]).toEqual([1, expect.stringContaining('another command is changing the file')]);
    expect(accessOf().tokens).toEqual([]);
  });
});

describe('token revoke', () => {
  it('takes the entry out of the file, also beside another mistake, and says so', async () => {
    const created = await fixture.run(CREATE);
    await fixture.run(CREATE.with(3, 'cd'));
    fixture.write('coffer.yml', `${text()}  sever: {}\n`);
    const { code, out } = await fixture.run(['token', 'revoke', 'ci']);
    expect([code, out]).toEqual([0, expect.stringContaining('within 2 seconds')]);
    fixture.write('coffer.yml', text().replace('  sever: {}\n', ''));
    expect(accessOf().tokens.map(({ id }) => id)).toEqual(['cd']);
    await expect(login(/coffer_\w+/.exec(created.out)?.[0] ?? '')).rejects.toMatchObject({ code: 'unauthorized' });
    expect(text()).toContain('# nobody yet');
  });

  it('says where there is no such token, and no file', async () => {
    expect(await fixture.run(['token', 'revoke', 'ci'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no token of that id'),
    });
    fixture.close();
    fixture = new CommandFixture();
    expect(await fixture.run(['token', 'revoke', 'ci'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no configuration file'),
    });
  });
});

describe('token list', () => {
  it('shows grants, ends, addresses and last uses, of which a gateway tells', async () => {
    await fixture.run([...CREATE, '--expires', '2099-01-31T12:00:00Z', '--cidr', '10.0.0.0/8']);
    await fixture.run(CREATE.with(3, 'cd'));
    fixture.write('coffer.yml', text().replace('2099-01-31', '2021-01-31'));
    expect(await fixture.run(['token', 'list'])).toEqual({
      code: 0,
      out:
        'ci  main/company.team:list,resolve  expired 2021-01-31T12:00:00.000Z  from 10.0.0.0/8\n' +
        'cd  main/company.team:list,resolve\n',
      err: '2 tokens\n',
    });
    const gateway = createServer(({ url, headers }, response) => {
      response.statusCode = url === '/metrics' && headers.authorization === 'Bearer coffer_x' ? 200 : 401;
      response.end('# HELP x\ncoffer_token_last_used_timestamp_seconds{token="cd"} 1.7e9\nother{token="ci"} 1\n');
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    const env = { COFFER_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`, COFFER_TOKEN: 'coffer_x' };
    const { out } = await fixture.run(['token', 'list', '--json'], { env });
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([
      expect.objectContaining({ id: 'ci', expires: '2021-01-31T12:00:00.000Z', cidrs: ['10.0.0.0/8'] }),
      {
        id: 'cd',
        grants: [{ tenant: 'main', namespace: 'company.team', permissions: ['list', 'resolve'] }],
        lastUsed: '2023-11-14T22:13:20.000Z',
      },
    ]);
    expect((await fixture.run(['token', 'list'], { env })).out).toMatch(/ci .* not used\ncd .* used 2023-11-14/);
    const unknown = await fixture.run(['token', 'list'], { env: { ...env, COFFER_TOKEN: 'coffer_y' } });
    expect([unknown.code, unknown.err]).toEqual([0, expect.stringContaining('not known: the gateway answered 401')]);
    gateway.close();
  });
});
