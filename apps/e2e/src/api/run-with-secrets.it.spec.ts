/** @servers none */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  api,
  COFFER_COMMAND,
  NodeProcess,
  removeFolder,
  scratchFolder,
  startCoffer,
  type Coffer,
} from '../harness/index.js';

jest.setTimeout(360_000);

/** Prints what it was given, as JSON: arguments, umask, and some variables. */
const SHOW = `
  const names = ['OWN', 'PARENT', 'MULTI', 'SHARED', 'FIELD', 'PLAIN', 'COFFER_TOKEN', 'NODE_OPTIONS', 'not-a-name'];
  const env = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  console.log(JSON.stringify({ env, args: process.argv.slice(1), umask: process.umask() }));
`;
/** Says which signal it got, and ends by 7. */
const WAIT = `
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1']) process.on(signal, () => { console.log(signal); process.exit(7); });
  console.log('waiting');
  setInterval(() => {}, 1000);
`;

interface Shown {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly umask: number;
}

describe('coffer run', () => {
  const folder = scratchFolder();
  let coffer: Coffer;

  beforeAll(async () => {
    coffer = await startCoffer();
    const http = api(coffer.url, coffer.token);
    const secrets: readonly (readonly [string, string, string])[] = [
      ['company', 'PARENT', 'of the parent'],
      ['company.team', 'OWN', 'first'],
      ['company.team', 'MULTI', 'two\nlines, \' " $HOME `x` ä'],
      ['company.team', 'SHARED', 'of the team'],
      ['company.team', 'NODE_OPTIONS', '--import data:text/javascript,process.exit(3)'],
      ['company.team', 'not-a-name', 'hidden value'],
      ['company.other', 'SHARED', 'of the other'],
      ['company.other', 'DB', JSON.stringify({ password: 'a field' })],
    ];
    for (const [namespace, key, value] of secrets) expect((await http.put(namespace, { key, value })).status).toBe(200);
  });
  afterAll(async () => {
    await coffer?.stop();
    removeFolder(folder);
  });

  const begin = (args: readonly string[], env: Readonly<Record<string, string>> = {}): NodeProcess =>
    NodeProcess.start([COFFER_COMMAND, 'run', ...args], {
      env: { COFFER_URL: coffer.url, COFFER_TOKEN: coffer.token, ...env },
      cwd: folder,
      through: 'umask 027; exec "$@"',
      endBy: 'SIGTERM',
    });
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const command = begin(args, env);
    const { code } = await command.exited;
    return { code, out: command.stdout(), err: command.stderr() };
  };
  const program = (...args: readonly string[]): readonly string[] => [
    '--',
    process.execPath,
    '-e',
    SHOW,
    '--',
    ...args,
  ];
  const shown = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Shown> => {
    const { code, out, err } = await run(args, env);
    expect([code, out === '' ? err : '']).toEqual([0, '']);
    return JSON.parse(out) as Shown;
  };

  it('gives a program the values of a namespace and its parents, arguments as they are, and its own umask', async () => {
    const { env, args, umask } = await shown(['--namespace', 'company.team', ...program('$HOME', 'a b', '--url', 'x')]);
    expect(env).toEqual({
      ...{ OWN: 'first', PARENT: 'of the parent', SHARED: 'of the team' },
      MULTI: 'two\nlines, \' " $HOME `x` ä',
    });
    expect(args).toEqual(['$HOME', 'a b', '--url', 'x']);
    expect(umask).toBe(0o027);
  });

  it('leaves out what no variable can be or should be, and says so without a value', async () => {
    const { err } = await run(['--namespace', 'company.team', ...program()]);
    expect(err).toContain('"not-a-name" is left out: it is no name of a variable');
    expect(err).toContain('"NODE_OPTIONS" is left out: it is a variable that decides what a process runs');
    expect(err).not.toMatch(/hidden value|data:text/);
  });

  it('says that a namespace has nothing, which may be a mistyped name', async () => {
    const { code, err } = await run(['--namespace', 'company.teem', '--no-inherit', '--', process.execPath, '-e', '']);
    expect([code, err]).toEqual([0, 'the namespace "company.teem" has no secrets that this token may resolve\n']);
  });

  it('takes several namespaces, without parents where that is asked, and keeps variables that are to be kept', async () => {
    const both = ['--namespace', 'company.team', '--namespace', 'company.other', '--no-inherit'];
    expect((await shown([...both, ...program()])).env).toMatchObject({ SHARED: 'of the other', OWN: 'first' });
    expect((await shown([...both, ...program()])).env['PARENT']).toBeUndefined();
    const own = { OWN: 'mine', SHARED: 'mine' };
    expect((await shown([...both, ...program()], own)).env).toMatchObject({ OWN: 'first', SHARED: 'of the other' });
    expect((await shown([...both, '--preserve-env=OWN', ...program()], own)).env).toMatchObject({
      OWN: 'mine',
      SHARED: 'of the other',
    });
    expect((await shown([...both, '--preserve-env', ...program()], own)).env).toMatchObject(own);
  });

  it('reads references of a file, which count before namespaces', async () => {
    writeFileSync(
      join(folder, 'app.env'),
      'FIELD=coffer://main@company.other/DB#password # a comment\nOWN="coffer://company/PARENT"\nPLAIN=text # another\n',
    );
    const { env } = await shown(['--namespace', 'company.team', '--env-file', 'app.env', ...program()]);
    expect(env).toMatchObject({ FIELD: 'a field', OWN: 'of the parent', PLAIN: 'text', SHARED: 'of the team' });
    writeFileSync(join(folder, 'wrong.env'), 'GONE=coffer://company.team/ABSENT\n');
    const absent = await run(['--env-file', 'wrong.env', ...program()]);
    expect([absent.code, absent.out]).toEqual([1, '']);
    expect(absent.err).toMatch(/^error: GONE of wrong\.env: the gateway answered 404/);
  });

  it('runs a line of a shell where that is asked', async () => {
    const { code, out } = await run(['--namespace', 'company.team', '--command', 'echo "$OWN" && exit 5']);
    expect([code, out]).toEqual([5, 'first\n']);
  });

  it('ends as the program ends, and says when there is none', async () => {
    const secrets = ['--namespace', 'company.team', '--'];
    expect((await run([...secrets, process.execPath, '-e', 'process.exit(42)'])).code).toBe(42);
    expect((await run([...secrets, process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")'])).code).toBe(137);
    const missing = await run([...secrets, 'no-such-program', 'argument']);
    expect([missing.code, missing.err]).toEqual([
      127,
      expect.stringMatching(/^error: command not found: "no-such-program"$/m),
    ]);
    const file = join(folder, 'no-program');
    writeFileSync(file, 'text');
    chmodSync(file, 0o600);
    const refused = await run([...secrets, file]);
    expect([refused.code, refused.err]).toEqual([126, expect.stringContaining('cannot be started (EACCES)')]);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGUSR1'] as const)('sends %s on to the program', async (signal) => {
    const command = begin(['--namespace', 'company.team', '--', process.execPath, '-e', WAIT]);
    await command.printed(/^waiting$/m);
    command.kill(signal);
    expect(await command.exited).toEqual({ code: 7, signal: null });
    expect(command.stdout()).toBe(`waiting\n${signal}\n`);
  });

  it('starts nothing where the secrets cannot be read, and tells neither token nor value', async () => {
    const started = ['--', process.execPath, '-e', 'console.log("started")'];
    const refused = await run(['--namespace', 'company.team', ...started], { COFFER_TOKEN: 'coffer_wrong' });
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/^error: the gateway answered 401/);
    expect(refused.err).not.toContain('coffer_wrong');
    const away = await run(['--namespace', 'company.team', ...started], { COFFER_URL: 'http://127.0.0.1:1' });
    expect([away.code, away.out, away.err]).toEqual([1, '', expect.stringContaining('cannot be reached')]);
    for (const wrong of [started, ['--namespace', 'company.team']]) expect((await run(wrong)).code).toBe(1);
  });
});
