/** @servers none */
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  api,
  NodeProcess,
  removeFolder,
  scratchFolder,
  spawnCoffer,
  startCoffer,
  type Coffer,
  type CofferOptions,
} from '../../harness/index.js';
import { MARKER, leaksIn } from './refusal.fixture.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(360_000);

/** Runs to the end, which must be 1 with a sentence for people: no stack, no value, nothing on standard output. */
const refused = async (options: CofferOptions): Promise<string> => {
  const spawned = spawnCoffer(options);
  try {
    const { code, signal } = await spawned.exited;
    const { process } = spawned;
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(process.stderr()).toMatch(/^coffer: [^{]/);
    expect(process.output()).not.toMatch(/\bat .*:\d+/);
    expect(process.stdout()).not.toMatch(/^ready/m);
    expect(leaksIn(process.output())).toEqual([]);
    return process.stderr();
  } finally {
    await spawned.stop();
  }
};

/** In another process: the module of the database belongs to its adapter. */
const sql = async (file: string, statement: string): Promise<void> => {
  const script = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]); db.exec(process.argv[2]); db.close()`;
  const { code } = await NodeProcess.start(['-e', script, file, statement]).exited;
  expect(code).toBe(0);
};

describe('a configuration that is wrong', () => {
  it.each<[what: string, config: string, sentence: RegExp]>([
    [
      'an unknown key',
      stringify({ kestra: { secret: { tpye: MARKER } } }),
      /kestra\.secret\.tpye is an unknown key; the nearest known key is '(kestra\.secret\.)?type'/,
    ],
    [
      'an unknown key of ours',
      stringify({ coffer: { acess: { tokens: [{ hash: MARKER }] } } }),
      /coffer\.acess is an unknown key; the nearest known key is '(coffer\.)?access'/,
    ],
    [
      'an Elasticsearch secret that is too short',
      stringify({ kestra: { secret: { type: 'elasticsearch', elasticsearch: { secret: MARKER } } } }),
      /kestra\.secret\.elasticsearch\.secret must have at least 32 characters/,
    ],
    [
      'a store that is unknown',
      stringify({ kestra: { secret: { type: MARKER } } }),
      /kestra\.secret\.type must be one of/,
    ],
    [
      'a secret that is missing',
      stringify({ kestra: { secret: { type: 'jdbc', jdbc: {} } } }),
      /kestra\.secret\.jdbc\.secret is missing/,
    ],
    [
      'a grant that is wrong',
      stringify({ coffer: { access: { tokens: [{ id: 'x', hash: MARKER, grants: [{ permissions: [MARKER] }] }] } } }),
      /coffer\.access\.tokens\[0\]\.grants\[0\]\.permissions/,
    ],
    ['text that is no YAML', `kestra:\n  secret: "${MARKER}`, /coffer\.yml/],
  ])('%s: says where and what, and ends', async (_what, config, sentence) => {
    expect(await refused({ config })).toMatch(sentence);
  });

  it('a file that is not there', async () => {
    expect(await refused({ configFile: 'no-such-file.yml' })).toMatch(/no-such-file\.yml cannot be read: ENOENT/);
  });

  it('a misspelt variable', async () => {
    expect(await refused({ env: { COFFER_ACESS_TOKENS: MARKER } })).toMatch(/COFFER_ACESS_TOKENS is an unknown key/);
  });

  it('a port that is none', async () => {
    expect(await refused({ env: { COFFER_PORT: `${MARKER}` } })).toMatch(/COFFER_PORT must be a port/);
  });
});

describe('the command line', () => {
  it('shows its help, ends with 0 and makes nothing', async () => {
    const spawned = spawnCoffer({ args: ['--help'] });
    expect(await spawned.exited).toEqual({ code: 0, signal: null });
    expect(spawned.process.stdout()).toMatch(/^Usage: npm start/m);
    expect(spawned.process.stdout()).toContain('COFFER_DATA_DIR');
    expect(existsSync(spawned.dataFolder)).toBe(false);
    await spawned.stop();
  });

  it('refuses an argument that it does not know, and names the help', async () => {
    expect(await refused({ args: [`--${MARKER}`] })).toMatch(/unknown argument.*--help/);
  });
});

describe('a data folder', () => {
  let scratch: string;
  let dataFolder: string;
  let token: string;
  const begin = (): Promise<Coffer> => startCoffer({ dataFolder, token });

  beforeEach(async () => {
    scratch = scratchFolder();
    dataFolder = join(scratch, 'data');
    const first = await startCoffer({ dataFolder });
    ({ token } = first);
    await api(first.url, token).put('company', { key: 'K', value: MARKER });
    await first.stop();
  });
  afterEach(() => removeFolder(scratch));

  const nothingLost = async (): Promise<void> => {
    const coffer = await begin();
    expect((await api(coffer.url, token).value('company', 'K')).json()['value']).toBe(MARKER);
    await coffer.stop();
  };

  it('of a newer version is refused and left as it is', async () => {
    const state = join(dataFolder, 'state.db');
    await sql(state, `UPDATE state SET value = '2' WHERE name = 'format'`);
    const before = readFileSync(join(dataFolder, 'secrets.db'));
    expect(await refused({ dataFolder })).toMatch(/made by a newer version of Coffer \(format 2; .* up to 1\)/);
    expect(readFileSync(join(dataFolder, 'secrets.db')).equals(before)).toBe(true);
    await sql(state, `UPDATE state SET value = '1' WHERE name = 'format'`);
    await nothingLost();
  });

  it('that another process holds is refused, and that process goes on', async () => {
    const holder = await begin();
    try {
      const said = await refused({ dataFolder });
      expect(said).toContain(`the data folder ${dataFolder} is in use by another Coffer; stop it first`);
      const main = api(holder.url, token);
      expect((await main.put('company', { key: 'L', value: 'v' })).status).toBe(200);
      expect((await main.value('company', 'K')).json()['value']).toBe(MARKER);
    } finally {
      await holder.stop();
    }
    await nothingLost();
  });

  it('without its key is refused, and no new key is made', async () => {
    const file = join(dataFolder, 'root.key');
    const key = readFileSync(file);
    rmSync(file);
    expect(await refused({ dataFolder })).toMatch(/root\.key is missing.*restore it from a backup/);
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, key, { mode: 0o600 });
    await nothingLost();
  });

  it('that others may read is refused with the command that mends it, and then made so no more', async () => {
    const loose = join(scratch, 'loose');
    mkdirSync(loose);
    chmodSync(loose, 0o755);
    expect(await refused({ dataFolder: loose })).toContain(`run: chmod 700 '${loose}'`);
    chmodSync(loose, 0o700);
    await (await startCoffer({ dataFolder: loose })).stop();
    const open = readdirSync(loose).filter((name) => (statSync(join(loose, name)).mode & 0o077) !== 0);
    expect([open, existsSync(join(loose, 'secrets.db'))]).toEqual([[], true]);
  });

  it('that is a file is refused', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, MARKER);
    expect(await refused({ dataFolder: file })).toMatch(/the data folder .*file cannot be made \(EEXIST\)/);
    expect(readFileSync(file, 'utf8')).toBe(MARKER);
  });

  it('whose state is no database is refused and left as it is', async () => {
    const broken = join(scratch, 'broken');
    mkdirSync(broken, { mode: 0o700 });
    writeFileSync(join(broken, 'state.db'), MARKER.repeat(400), { mode: 0o600 });
    expect(await refused({ dataFolder: broken })).toMatch(/state\.db in the data folder .* cannot be opened/);
    expect(readFileSync(join(broken, 'state.db'), 'utf8')).toBe(MARKER.repeat(400));
  });

  it('is free again when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await refused({ dataFolder, port })).toMatch(new RegExp(`port ${port} is in use; .*COFFER_PORT`));
    await nothingLost();
    other.close();
  });
});
