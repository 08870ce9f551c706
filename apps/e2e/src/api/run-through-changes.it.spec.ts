/** @servers none */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  api,
  COFFER_COMMAND,
  NodeProcess,
  removeFolder,
  scratchFolder,
  startCoffer,
  until,
  type Api,
  type Coffer,
} from '../harness/index.js';

jest.setTimeout(360_000);

/** Says its variable, and that it was asked to end. */
const SAY = `
  process.on('SIGTERM', () => { console.log('asked to end'); process.exit(7); });
  console.log('has ' + process.env.A);
  setInterval(() => {}, 1000);
`;
/** Says its variable, and does not end when asked, but by SIGUSR2. */
const STAY = `
  process.on('SIGTERM', () => {});
  process.on('SIGUSR2', () => process.exit(0));
  console.log('has ' + process.env.A);
  setInterval(() => {}, 1000);
`;
/** Says what its file holds, at its start and at each SIGHUP. */
const READ_FILE = `
  const { readFileSync, statSync } = require('node:fs');
  const folder = process.env.COFFER_FILES;
  const mode = (path) => (statSync(path).mode & 0o777).toString(8);
  const say = () => console.log('file ' + readFileSync(folder + '/A', 'utf8'));
  process.on('SIGHUP', say);
  process.on('SIGTERM', () => process.exit(0));
  console.log('folder ' + folder + ' ' + mode(folder) + ' ' + mode(folder + '/A') + ' ' + process.env.A);
  say();
  setInterval(() => {}, 1000);
`;
const SHOW = `console.log('has ' + process.env.A + ' and ' + process.env.B)`;
const KEY = 'a key of 32 characters and some more';

describe('coffer run, through changes', () => {
  const folder = scratchFolder();
  let coffer: Coffer;
  let http: Api;

  const write = async (namespace: string, value: string): Promise<void> => {
    expect((await http.put(namespace, { key: 'A', value })).status).toBe(200);
  };
  const begin = (args: readonly string[], env: Readonly<Record<string, string>> = {}): NodeProcess =>
    NodeProcess.start([COFFER_COMMAND, ...args], {
      env: { COFFER_URL: coffer.url, COFFER_TOKEN: coffer.token, ...env },
      cwd: folder,
      endBy: 'SIGTERM',
    });
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const command = begin(args, env);
    const { code } = await command.exited;
    return { code, out: command.stdout(), err: command.stderr() };
  };
  const program = (text: string): readonly string[] => ['--', process.execPath, '-e', text];

  beforeAll(async () => {
    coffer = await startCoffer();
    http = api(coffer.url, coffer.token);
    for (const namespace of ['restarted', 'stubborn', 'signalled', 'kept', 'other']) await write(namespace, 'one');
    expect((await http.put('kept', { key: 'B', value: 'the second' })).status).toBe(200);
    expect((await http.put('kept', { key: 'DB', value: '{"user":"app"}' })).status).toBe(200);
    expect((await http.put('kept', { key: 'a/b', value: 'no name of a file' })).status).toBe(200);
  });
  afterAll(async () => {
    await coffer?.stop();
    removeFolder(folder);
  });

  it('starts the program anew when what it was given has changed, and ends as it ends', async () => {
    const command = begin(['run', '--namespace', 'restarted', '--watch', '1s', ...program(SAY)]);
    await command.printed(/^has one$/m);
    await write('other', 'two');
    for (const value of ['two', 'three', 'four']) await write('restarted', value);
    await command.printed(/^has four$/m);
    command.kill('SIGTERM');
    expect(await command.exited).toEqual({ code: 7, signal: null });
    const said = command.stdout().split('\n');
    expect(said.slice(0, 2)).toEqual(['has one', 'asked to end']);
    expect(said.slice(-4)).toEqual(['asked to end', 'has four', 'asked to end', '']);
  });

  it('does not start it anew for the same values, nor for those of others or those that it does not have', async () => {
    const command = begin(['run', '--namespace', 'other', '--watch', '1s', '--preserve-env', 'A', ...program(SAY)], {
      A: 'its own',
    });
    await command.printed(/^has its own$/m);
    const reads = (): number =>
      readFileSync(join(coffer.dataFolder, 'audit.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"secret.read"') && line.includes('"other"')).length;
    await write('other', 'three');
    await write('signalled', 'one');
    const before = reads();
    await until('it was read some times more', () => reads() >= before + 3);
    command.kill('SIGTERM');
    await command.exited;
    expect(command.stdout()).toBe('has its own\nasked to end\n');
  });

  it('kills a program that does not end when it is to be replaced', async () => {
    const command = begin(['run', '--namespace', 'stubborn', '--watch', '1s', '--grace', '1s', ...program(STAY)]);
    await command.printed(/^has one$/m);
    await write('stubborn', 'two');
    await command.printed(/^has two$/m);
    command.kill('SIGUSR2');
    expect((await command.exited).code).toBe(0);
  });

  it('gives files of a private folder, replaces them, and tells the program by a signal', async () => {
    const args = ['run', '--namespace', 'signalled', '--files', '--watch', '1s', '--on-change', 'SIGHUP'];
    const command = begin([...args, ...program(READ_FILE)]);
    await command.printed(/^file one$/m);
    const [, path = '', modes] = /^folder (\S+) (.*)$/m.exec(command.stdout()) ?? [];
    expect(modes).toBe('700 400 undefined');
    await write('signalled', 'two');
    await command.printed(/^file two$/m);
    expect(command.stdout().match(/^folder /gm)).toHaveLength(1);
    command.kill('SIGTERM');
    expect((await command.exited).code).toBe(0);
    expect(existsSync(path)).toBe(false);
    const warned = await run(['run', '--namespace', 'kept', '--files', '--', process.execPath, '-e', '']);
    expect(warned).toEqual({ code: 0, out: '', err: '"a/b" is left out: it is no name of a file\n' });
  });

  it('leaves no core file, nor does its program, whatever limits it was started with', async () => {
    const limits =
      "console.log(require('node:fs').readFileSync('/proc/self/limits', 'utf8')); setInterval(() => {}, 1000)";
    const args = [COFFER_COMMAND, 'run', '--namespace', 'kept', '--', process.execPath, '-e', limits];
    const command = NodeProcess.start(args, {
      env: { COFFER_URL: coffer.url, COFFER_TOKEN: coffer.token },
      through: 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"',
      endBy: 'SIGTERM',
    });
    // A limit of one byte: the kernel writes no core file, and gives none to a program either.
    const none = /^Max core file size +1 +1 /m;
    await command.printed(none);
    expect(readFileSync(`/proc/${command.pid}/limits`, 'utf8')).toMatch(none);
    expect(readFileSync(`/proc/${command.pid}/coredump_filter`, 'utf8').trim()).toBe('00000000');
    await command.end();
  });

  it('keeps variables that are set already, named behind a space', async () => {
    const own = { A: 'mine', B: 'mine' };
    const args = ['run', '--namespace', 'kept', '--preserve-env', 'X,B', ...program(SHOW)];
    expect((await run(args, own)).out).toBe('has one and mine\n');
  });

  it.each([
    [['--on-change', 'SIGHUP', '--watch'], 'needs --watch and --files'],
    [['--on-change', 'reload'], '--on-change must be'],
    [['--watch', 'soon'], '--watch must be a duration'],
    [['--fallback', 'file', '--fallback-key-file', 'short'], '32 characters'],
  ])('refuses %p', async (args, words) => {
    writeFileSync(join(folder, 'short'), 'short');
    const { code, out, err } = await run(['run', '--namespace', 'kept', ...args, ...program('console.log("started")')]);
    expect([code, out, err]).toEqual([1, '', expect.stringContaining(words)]);
  });

  it('inject writes a template with values in it, to a file of its owner’s, or nothing', async () => {
    writeFileSync(join(folder, 'app.tpl'), 'a={{ coffer://kept/A }} u={{coffer://main@kept/DB#user}} {{ other }}\n');
    expect(await run(['inject', '--template', 'app.tpl'])).toEqual({
      code: 0,
      out: 'a=one u=app {{ other }}\n',
      err: '',
    });
    const out = join(folder, 'app.txt');
    expect((await run(['inject', '--template', 'app.tpl', '--out', 'app.txt'])).out).toBe('');
    expect([readFileSync(out, 'utf8'), statSync(out).mode & 0o777]).toEqual(['a=one u=app {{ other }}\n', 0o600]);
    writeFileSync(join(folder, 'wrong.tpl'), '{{ coffer://kept/A }} {{ coffer://kept/ABSENT }}');
    const absent = await run(['inject', '--template', 'wrong.tpl', '--out', 'app.txt']);
    expect([absent.code, absent.err]).toEqual([1, expect.stringMatching(/^error: coffer:\/\/kept\/ABSENT: .*404/)]);
    expect(readFileSync(out, 'utf8')).toContain('a=one');
  });

  it('starts with the values of a sealed file while no gateway answers, and with no others', async () => {
    writeFileSync(join(folder, 'key'), KEY);
    const sealed = ['run', '--namespace', 'kept', '--fallback', 'sealed'];
    const keyed = ['run', '--namespace', 'kept', '--fallback', 'keyed', '--fallback-key-file', 'key'];
    for (const args of [sealed, keyed]) expect((await run([...args, ...program(SHOW)])).out).toMatch(/^has one and/);
    const file = join(folder, 'sealed');
    expect([statSync(file).mode & 0o777, readFileSync(file, 'latin1')]).toEqual([
      0o600,
      expect.not.stringMatching(/the second|kept|app/),
    ]);
    const unwritten = await run(['run', '--namespace', 'kept', '--fallback', 'nowhere/file', ...program(SHOW)]);
    expect([unwritten.code, unwritten.out, unwritten.err]).toEqual([
      0,
      'has one and the second\n',
      expect.stringContaining('nowhere/file cannot be written (ENOENT)'),
    ]);
    const refused = await run([...keyed, ...program(SHOW)], { COFFER_TOKEN: 'coffer_wrong' });
    expect([refused.code, refused.out]).toEqual([1, '']);

    const watched = begin([...sealed, '--watch', '1s', ...program(SAY)]);
    await watched.printed(/^has one$/m);
    await write('kept', 'two');
    await watched.printed(/^has two$/m);
    await coffer.stop();
    const away = await run([...sealed, ...program(SHOW)]);
    // As the change left it, while the program ran.
    expect([away.code, away.out]).toEqual([0, 'has two and the second\n']);
    expect(away.err).toMatch(/cannot be reached.*\nthe values are those of 20\S+Z, of the fallback file\n/);
    const renewed = { COFFER_TOKEN: 'coffer_another_token_that_was_given_later' };
    expect((await run([...keyed, ...program(SHOW)], renewed)).out).toBe('has one and the second\n');
    for (const [args, env, words] of [
      [sealed, renewed, 'does not open'],
      [[...sealed, '--namespace', 'other'], {}, 'does not open'],
      [[...sealed, '--fallback-max-age', '0s'], {}, 'older than'],
      [['run', '--namespace', 'kept', '--fallback', 'none'], {}, 'ENOENT'],
    ] as const) {
      const { code, out, err } = await run([...args, ...program(SHOW)], env);
      expect([code, out, err]).toEqual([1, '', expect.stringContaining(words)]);
    }
    await until('it says so', () => /the program keeps what it has/.test(watched.stderr()));
    watched.kill('SIGTERM');
    expect((await watched.exited).code).toBe(7);
    expect(watched.stderr().match(/keeps what it has/g)).toHaveLength(1);
  });
});
