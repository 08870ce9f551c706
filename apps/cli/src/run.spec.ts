import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authenticator, type Credentials } from '@coffer/access';
import { Chain } from '@coffer/audit';
import { loadConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import type { Command } from 'commander';
import { CommandFixture, type CommandOptions } from './command.fixture.js';
import { program, run } from './run.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(180_000);

describe('coffer', () => {
  let fixture: CommandFixture;
  let folder: string;
  let rootKey: string;
  const coffer = (args: readonly string[], options: CommandOptions = {}) => fixture.run(args, options);
  const ring = () => fixture.ring();

  /** What Coffer makes of the printed entry when it is all of the configuration. */
  const accessOf = (out: string): Credentials => {
    const file = fixture.write('printed.yml', out.slice(out.indexOf('#')));
    return loadConfiguration({ env: { COFFER_CONFIG: file }, cwd: folder }).access;
  };

  beforeEach(() => {
    fixture = new CommandFixture();
    ({ folder, rootKey } = fixture);
  });
  afterEach(() => {
    fixture.close();
  });

  describe('help', () => {
    it.each([
      [[], ['access', 'token', 'password', 'dead-letters']],
      [['token'], ['create', 'list', 'revoke', 'revoke-first']],
      [['run'], ['--namespace', '--watch', '--on-change', '--files', '--fallback', '--preserve-env']],
      [['inject'], ['--template', '--out', 'coffer://']],
      [['agent'], ['--port', '2773', 'AWS_TOKEN', 'X-Aws-Parameters-Secrets-Token']],
      [
        ['webhook', 'dead-letters'],
        ['list', 'replay', 'discard'],
      ],
      [
        ['token', 'create'],
        ['--id', '--grant', 'COFFER_DATA_DIR'],
      ],
      [['password'], ['hash', 'set', 'remove']],
      [
        ['password', 'hash'],
        ['--username', '--grant', 'pipe'],
      ],
      [['dead-letters'], ['list', 'replay', 'discard']],
      [
        ['dead-letters', 'list'],
        ['--url', 'COFFER_URL', '--token-file', 'COFFER_TOKEN', '--tenant', '--json'],
      ],
      [
        ['dead-letters', 'replay'],
        ['--all', 'written now'],
      ],
      [['dead-letters', 'discard'], ['--all']],
    ])('is there for %p', async (command, words) => {
      const help = await coffer([...command, '--help']);
      expect([help.code, help.err]).toEqual([0, '']);
      for (const word of words) expect(help.out).toContain(word);
    });

    it('has an example and exit codes of every command that does something', async () => {
      const silent = { env: {}, cwd: folder, interactive: true, isScreen: true, input: (async function* () {})() };
      const leaves = (command: Command, path: readonly string[] = []): string[][] => [
        ...(command.commands.length === 0 || command.name() === 'access' ? [[...path]] : []),
        ...command.commands.flatMap((inner) => leaves(inner, [...path, inner.name()])),
      ];
      const commands = leaves(program({ ...silent, out: () => undefined, err: () => undefined }));
      expect(commands.length).toBeGreaterThan(9);
      for (const command of commands) {
        const { out } = await coffer([...command, '--help']);
        expect([command, out]).toEqual([command, expect.stringContaining(`\nExample:\n  `)]);
        expect(out.slice(out.indexOf('Example:'))).toContain(`coffer ${command.join(' ')}`);
        expect(out).toMatch(/\nExit codes: 0 .*, 1 /);
      }
    });

    it.each([[[]], [['token']], [['password']], [['dead-letters']]])('is what %p alone shows', async (command) => {
      const shown = await coffer(command);
      expect(shown.code).toBe(1);
      expect(shown.err).toContain('Usage: coffer');
    });

    it.each([
      [['tokn'], 'Did you mean token?'],
      [['token', 'creat'], 'Did you mean create?'],
      [['password', 'hash', '--usernam', 'x'], 'Did you mean --username?'],
      [['token', 'create', '--id', 'x'], '--grant'],
      [['token', 'create', '--grant', 'a:list'], '--id'],
      [['token', 'create', 'ci', '--id', 'ci', '--grant', 'a:list'], 'too many arguments'],
      [['password', 'hash', 'hunter22'], 'too many arguments'],
    ])('answers %p by saying what would be right', async (command, hint) => {
      const answer = await coffer(command);
      expect(answer.code).toBe(1);
      expect(answer.err).toContain(hint);
      expect(answer.out).toBe('');
    });
  });

  it('says where something unexpected happened, without its message', async () => {
    let err = '';
    const code = await run(['token', 'create', '--id', 'ci', '--grant', 'a:list'], {
      env: { COFFER_DATA_DIR: folder },
      cwd: folder,
      interactive: true,
      isScreen: true,
      input: (async function* () {})(),
      out: (text) => {
        throw new RangeError(text);
      },
      err: (text) => void (err += text),
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^error: unexpected RangeError.*\n {4}at .*run\.spec/);
    expect(err).not.toContain('coffer_');
  });

  describe('audit verify', () => {
    const write = (name: string, lines: readonly string[]): string => {
      const file = join(folder, name);
      writeFileSync(file, lines.join(''));
      return file;
    };

    it('says that nothing was changed, or where', async () => {
      const chain = new Chain();
      const lines = ['{"action":"chain.begin"', '{"key":"A"', '{"key":"B"', '{"action":"chain.end"'].map((body) =>
        chain.line(body),
      );
      const whole = write('audit.jsonl', lines);
      expect(await coffer(['audit', 'verify', whole])).toMatchObject({
        code: 0,
        out: expect.stringMatching(/4 lines, closed, ends with [\w-]{43}\n4 lines are as they were written\n$/),
      });
      const cut = write('cut.jsonl', lines.toSpliced(1, 1));
      const result = await coffer(['audit', 'verify', cut]);
      expect(result).toMatchObject({ code: 1, err: 'error: 1 problems in 3 lines\n' });
      expect(result.out).toMatch(/^line 2 has number 3 of chain \S+ after number 1/m);
      expect(await coffer(['audit', 'verify', join(folder, 'none')])).toMatchObject({
        code: 1,
        err: expect.stringContaining('cannot be read (ENOENT)'),
      });
    });

    it('says where the files begin, and what is there again', async () => {
      const continues = { chain: 'earlier', seq: 7, hash: 'h' };
      const chain = new Chain();
      const lines = [`{"action":"chain.begin","continues":${JSON.stringify(continues)}`, '{"key":"A"'].map((body) =>
        chain.line(body),
      );
      const { code, out } = await coffer(['audit', 'verify', write('later.jsonl', [...lines, ...lines])]);
      expect(code).toBe(0);
      expect(out).toContain('begins after chain earlier number 7, which is in none of these files\n');
      expect(out).toContain('2 lines are there again, as they were written\n');
    });

    it('ends a line at a line feed and nowhere else, wherever a file is cut into chunks', async () => {
      const chain = new Chain();
      const text = 'ü\u2028\u2029\u0085'.repeat(20_000);
      const lines = ['{"action":"chain.begin"', `{"key":"${text}"`, '{"key":"B"'].map((body) => chain.line(body));
      const file = write('separators.jsonl', lines);
      expect(await coffer(['audit', 'verify', file])).toMatchObject({ code: 0 });
      const torn = write('torn.jsonl', [...lines, 'x'.repeat(3_000_000)]);
      expect(await coffer(['audit', 'verify', torn])).toMatchObject({
        code: 1,
        out: expect.stringContaining('line 4 is no line of an audit'),
      });
    });
  });

  describe('token create', () => {
    const create = ['token', 'create', '--id', 'ci', '--grant', 'company.team:list,resolve'];

    it('prints a token once and the entry that lets it in', async () => {
      const { code, out, err } = await coffer([...create, '--grant', 'other/*:admin']);
      expect([code, err]).toEqual([0, '']);
      const [token, ...more] = out.match(/coffer_[0-9A-Za-z]+/g) ?? [];
      expect(more).toEqual([]);
      const authenticator = new Authenticator(await ring(), accessOf(out));
      const principal = await authenticator.authenticate({ authorization: `Bearer ${token}`, address: '127.0.0.1' });
      expect(principal).toEqual({
        id: 'token:ci',
        grants: [
          { tenant: 'main', namespace: 'company.team', permissions: ['list', 'resolve'] },
          { tenant: 'other', namespace: '*', permissions: ['admin'] },
        ],
      });
    });

    it.each(['', 'a b', 'a:b', '${HOME}', '-x', 'x'.repeat(65)])('refuses the id %p', async (id) => {
      const { code, out, err } = await coffer(['token', 'create', `--id=${id}`, '--grant', 'a:list']);
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain('the id must have');
    });

    it.each(['null', '123', 'true', '0x1f', '1e3'])('keeps the id %p a text', async (id) => {
      const { out } = await coffer(['token', 'create', '--id', id, '--grant', 'a:list']);
      expect(accessOf(out).tokens[0]?.id).toBe(id);
    });

    it.each(['company', 'company:read', 'company.*:list', 'A/b:list'])('refuses the grant %p', async (grant) => {
      const { code, out, err } = await coffer(['token', 'create', '--id', 'ci', '--grant', grant]);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/^error: a grant /);
    });

    it('hashes under the keys of a distributed Coffer when told its configuration', async () => {
      const secret = randomBytes(32).toString('base64');
      const config = join(folder, 'distributed.yml');
      writeFileSync(config, `coffer: {encryption: {keys: [{id: first, secret: '${secret}', active: true}]}}`);
      const args = ['token', 'create', '--print', '--id', 'ci', '--grant', 'company:list', '--config', config];
      const { code, out } = await coffer(args, { env: { COFFER_DATA_DIR: join(folder, 'none') } });
      expect(code).toBe(0);
      const keys = await KeyRing.derive([{ id: 'first', secret: new SecretValue(secret), active: true }]);
      const authorization = `Bearer ${/coffer_\w+/.exec(out)?.[0] ?? ''}`;
      const principal = await new Authenticator(keys, accessOf(out)).authenticate({ authorization, address: '' });
      expect(principal.id).toBe('token:ci');
      writeFileSync(config, 'coffer: {}');
      expect((await coffer(args, { env: { COFFER_DATA_DIR: join(folder, 'none') } })).err).toContain(
        'there is no root key',
      );
    });

    it('says how to get a root key where there is none', async () => {
      const { code, out, err } = await coffer(create, { env: { COFFER_DATA_DIR: join(folder, 'nowhere') } });
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain('npm start');
      expect(err).toContain('COFFER_DATA_DIR');
    });

    it.each([() => '', () => 'a passphrase that is long enough to be one', () => rootKey.slice(1)])(
      'refuses a damaged root key and does not quote it',
      async (damaged) => {
        const content = damaged();
        writeFileSync(join(folder, 'root.key'), content);
        const { code, out, err } = await coffer(create);
        expect([code, out]).toEqual([1, '']);
        expect(err).toContain('does not hold a root key');
        if (content !== '') expect(err).not.toContain(content);
      },
    );
  });

  describe('password hash', () => {
    const lets = async (out: string, username: string, password: string): Promise<string> => {
      const authenticator = new Authenticator(await ring(), accessOf(out));
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      return (await authenticator.authenticate({ authorization, address: '127.0.0.1' })).id;
    };

    it.each(['pässwörd 1', 'pässwörd 1\n', 'pässwörd 1\r\n'])('prints the entry that lets %j in', async (stdin) => {
      const { code, out, err } = await coffer(['password', 'hash', '--username', 'ada', '--grant', 'a:list'], {
        stdin,
      });
      expect([code, err]).toEqual([0, '']);
      expect(out).not.toContain('pässwörd');
      expect(await lets(out, 'ada', 'pässwörd 1')).toBe('user:ada');
      await expect(lets(out, 'ada', 'pässwörd 2')).rejects.toMatchObject({ code: 'unauthorized' });
    });

    it('prints the hash alone without a name', async () => {
      const { code, out, err } = await coffer(['password', 'hash'], { stdin: 'correct horse' });
      expect(code).toBe(0);
      expect(out).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$\S+\n$/);
      expect(err).toContain('--username');
    });

    it.each<[string, string | Uint8Array | undefined, string]>([
      ['a terminal', undefined, 'read -rsp'],
      ['nothing', '', 'empty'],
      ['a short one', 'hunter2', 'shorter than 8'],
      ['two lines', 'correct\nhorse', 'line break'],
      ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x41, 0x42]), 'not UTF-8'],
      ['too much', 'x'.repeat(2000), 'longer than'],
    ])('refuses %s', async (_, stdin, message) => {
      const { code, out, err } = await coffer(['password', 'hash'], stdin === undefined ? {} : { stdin });
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(message);
      if (typeof stdin === 'string' && stdin !== '') expect(err).not.toContain(stdin);
    });

    it('refuses a name without grants, grants without a name, and a name with a colon', async () => {
      for (const options of [
        ['--username', 'ada'],
        ['--grant', 'a:list'],
        ['--username', 'a:b', '--grant', 'a:list'],
        ['--username', '${HOME}', '--grant', 'a:list'],
      ]) {
        const { code, out } = await coffer(['password', 'hash', ...options], { stdin: 'correct horse' });
        expect([code, out]).toEqual([1, '']);
      }
    });
  });

  describe('access and the first-start token', () => {
    const token = 'coffer_of-the-first-start';
    const file = () => join(folder, 'first-start-token');
    const configure = (grants: string): string => {
      const config = join(folder, 'coffer.yml');
      writeFileSync(config, `coffer: {access: {tokens: [{id: ci, hash: canary, grants: [${grants}]}]}}`);
      return config;
    };
    beforeEach(() => writeFileSync(file(), `${token}\n`, { mode: 0o600 }));

    it('shows when a token ends and from where it counts, and whom the bindings of issuers and certificates are for', async () => {
      const config = join(folder, 'coffer.yml');
      const grants = '[{tenant: main, namespace: "a.{{claims.team}}", permissions: resolve}]';
      writeFileSync(
        config,
        `coffer: {access: {
          tokens: [{id: ci, hash: canary, expires: "2027-01-31T12:00:00+01:00", cidrs: [10.0.0.0/8],
                    grants: [{tenant: main, namespace: b, permissions: list}]}],
          issuers: [{id: idp, issuer: "https://id", audience: c, bindings: [{when: {sub: [x, y], ref: z}, grants: ${grants}}]}],
          certificates: [{id: mesh, bindings: [{when: {uri: "spiffe://example.org/api"},
                          grants: [{tenant: main, namespace: b, permissions: list}]}]}]}}`,
      );
      const { code, out } = await coffer(['access', '--config', config]);
      expect(code).toBe(0);
      expect(out).toContain('token ci  main/b:list  until 2027-01-31T11:00:00.000Z  from 10.0.0.0/8\n');
      expect(out).toContain('issuer idp  when sub is x or y and ref is z  main/a.{{claims.team}}:resolve\n');
      expect(out).toContain('certificate mesh  when uri is spiffe://example.org/api  main/b:list\n');
    });

    it('shows who has access and where the first-start token lies, and prints it only when asked', async () => {
      const config = configure('{tenant: main, namespace: company, permissions: [list, resolve]}');
      const { code, out } = await coffer(['access', '--config', config]);
      expect([code, out]).toEqual([
        0,
        `token ci  main/company:list,resolve\nfirst-start token  in ${file()}, may do everything\n`,
      ]);
      expect((await coffer(['access', '--config', config, '--show-token'])).out).toContain(`\n${token}\n`);
    });

    it('says that it does not count beside an administrator, whatever else is wrong in the file', async () => {
      const config = configure('{tenant: main, namespace: "*", permissions: [admin]}');
      writeFileSync(config, `${readFileSync(config, 'utf8')}\n---\ncoffer: {sever: {}, redis: {url: "\${NOT_SET}"}}\n`);
      const { code, out } = await coffer(['access', '--config', config]);
      expect(code).toBe(0);
      expect(out).toContain(`first-start token  in ${file()}, does not count: there is token:ci`);
    });

    it('revokes it, also again, and says so from then on', async () => {
      for (const _time of [1, 2]) {
        const { code, out } = await coffer(['token', 'revoke-first']);
        expect([code, out]).toEqual([0, expect.stringContaining('refuses it within 2 seconds')]);
      }
      expect(existsSync(file())).toBe(false);
      expect(statSync(join(folder, 'first-start-token.revoked')).mode & 0o777).toBe(0o600);
      const { out } = await coffer([
        'access',
        '--config',
        configure('{tenant: "*", namespace: a, permissions: [list]}'),
      ]);
      expect(out).toContain('first-start token  revoked\n');
    });

    it('refuses a folder that is no data folder', async () => {
      const { code, err } = await coffer(['token', 'revoke-first'], { env: { COFFER_DATA_DIR: join(folder, 'no') } });
      expect([code, err]).toEqual([1, expect.stringContaining('is no data folder')]);
    });
  });
});
