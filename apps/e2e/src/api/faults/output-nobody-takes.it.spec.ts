/** @servers none */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  api,
  COFFER_COMMAND,
  cofferCommand,
  freePort,
  NodeProcess,
  removeFolder,
  scratchFolder,
  spawnCoffer,
  startCoffer,
  until,
} from '../../harness/index.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(360_000);

const LOST = /^coffer_log_lines_lost_total (\d+)$/m;

const CREATE = ['token', 'create', '--print', '--secret-file', '-'];

describe('a process whose output nobody takes', () => {
  const scratch = scratchFolder();
  const configFile = join(scratch, 'coffer.yml');
  const dataFolder = join(scratch, 'data');
  let token = '';
  let access = '';

  /** Each change of what the file says about access is a line of the log. */
  const write = (mark: string): void => writeFileSync(configFile, `${access}# ${mark}\n`);

  beforeAll(async () => {
    const first = await startCoffer({ dataFolder });
    await first.stop();
    const args = [...CREATE, '--id', 'one', '--grant', '*:admin,write,resolve'];
    const { stdout } = await cofferCommand(args, { dataFolder });
    token = /^access token: (\S+)$/m.exec(stdout)?.[1] ?? '';
    access = stdout.slice(stdout.indexOf('coffer:\n'));
    write('first');
  });
  afterAll(() => removeFolder(scratch));

  const goesOn = async (url: string): Promise<void> => {
    const main = api(url, token);
    const lost = async (): Promise<number> =>
      Number(LOST.exec((await main.call('GET', '/metrics')).text)?.[1] ?? Number.NaN);
    const before = await lost();
    for (let line = 1; line <= 3; line += 1) {
      write(`${url} ${line}`);
      await until('the line is counted as lost', async () => (await lost()) >= before + line);
    }
    expect((await main.put('company', { key: 'K', value: url })).status).toBe(200);
    expect((await main.value('company', 'K')).json()['value']).toBe(url);
  };

  it('goes on, and ends in order, when whoever read it has gone', async () => {
    const spawned = spawnCoffer({ dataFolder, configFile, token });
    try {
      const { url } = await spawned.ready();
      spawned.process.closeOutput();
      await goesOn(url);
      expect(spawned.process.running).toBe(true);
      spawned.process.kill('SIGTERM');
      expect(await spawned.exited).toEqual({ code: 0, signal: null });
    } finally {
      await spawned.stop();
    }
  });

  it('starts, goes on and ends in order when the disk that it writes to is full', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const through = 'exec "$@" >/dev/full 2>/dev/full';
    const spawned = spawnCoffer({ dataFolder, configFile, token, port, through });
    try {
      await until('it answers', () =>
        fetch(`${url}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      );
      await goesOn(url);
      expect(spawned.process.running).toBe(true);
      spawned.process.kill('SIGTERM');
      expect(await spawned.exited).toEqual({ code: 0, signal: null });
    } finally {
      await spawned.stop();
    }
  });

  it.each([
    ['is closed', '{ "$@"; echo "ended with $?" >&2; } | :', ''],
    ['is full', '"$@" >/dev/full; echo "ended with $?" >&2', 'error: standard output cannot be written to (ENOSPC)\n'],
  ])(
    'ends a command with 1, and without a trace of its code, where standard output %s',
    async (_what, through, said) => {
      const command = NodeProcess.start([COFFER_COMMAND, ...CREATE, '--id', 'two', '--grant', '*:resolve'], {
        env: { COFFER_DATA_DIR: dataFolder },
        through,
      });
      await command.exited;
      expect(command.stderr()).toBe(`${said}ended with 1\n`);
    },
  );
});
