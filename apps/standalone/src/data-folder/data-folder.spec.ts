import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from './data-folder.js';

const folders: string[] = [];
const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-data-'));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const HOLD = `
  const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
  db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
  console.log('held');
  setInterval(() => {}, 1000);
`;

describe('the data folder', () => {
  it('raises the generation at every start and keeps its key', () => {
    const path = fresh();
    const keys = [1, 2, 3].map((generation) => {
      const folder = DataFolder.open(path);
      expect(folder.generation).toBe(generation);
      folder.close();
      return folder.rootKey.reveal();
    });
    expect(new Set(keys).size).toBe(1);
    expect(Buffer.from(keys[0] ?? '', 'base64')).toHaveLength(32);
    expect(statSync(join(path, 'root.key')).mode & 0o777).toBe(0o600);
  });

  it('begins no lower than it is told, and goes on from there', () => {
    const path = fresh();
    for (const [least, generation] of [
      [5, 5],
      [5, 6],
      [1, 7],
    ] as const) {
      const folder = DataFolder.open(path, least);
      expect(folder.generation).toBe(generation);
      folder.close();
    }
  });

  it('is held by one process, and free again when that process is killed', async () => {
    const path = fresh();
    DataFolder.open(path).close();
    const holder = spawn(process.execPath, ['-e', HOLD, join(path, 'state.db')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      expect(() => DataFolder.open(path)).toThrow(/is in use by another Coffer; stop it first/);
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    const folder = DataFolder.open(path);
    expect(folder.generation).toBe(2);
    folder.close();
  });

  it('refuses a folder of a newer version and leaves it as it is', () => {
    const path = fresh();
    DataFolder.open(path).close();
    const db = new DatabaseSync(join(path, 'state.db'));
    db.exec(`UPDATE state SET value = '2' WHERE name = 'format'`);
    db.close();
    expect(() => DataFolder.open(path)).toThrow(
      /made by a newer version of Coffer \(format 2; this version knows up to 1\)/,
    );
    const after = new DatabaseSync(join(path, 'state.db'));
    expect(after.prepare(`SELECT value FROM state WHERE name = 'format'`).get()).toEqual({ value: '2' });
    expect(after.prepare(`SELECT value FROM state WHERE name = 'generation'`).get()).toEqual({ value: '1' });
    after.close();
  });

  it('never makes a new key for secrets that an old one sealed', () => {
    const path = fresh();
    DataFolder.open(path).close();
    const key = readFileSync(join(path, 'root.key'));
    rmSync(join(path, 'root.key'));
    expect(() => DataFolder.open(path)).toThrow(/root\.key is missing/);
    writeFileSync(join(path, 'root.key'), key, { mode: 0o600 });
    DataFolder.open(path).close();
  });

  it('says what is wrong with a folder that is a file, or whose state is no database, and leaves it', () => {
    const path = fresh();
    const file = join(path, 'state.db');
    const text = 'this is no database '.repeat(400);
    writeFileSync(file, text, { mode: 0o600 });
    expect(() => DataFolder.open(file)).toThrow(/state\.db cannot be made \(EEXIST\); choose another folder/);
    expect(() => DataFolder.open(path)).toThrow(/state\.db in the data folder .* cannot be opened \(SQLite error 26\)/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it.each([0o755, 0o710, 0o701, 0o720])('refuses a folder of mode %o, with the command that mends it', (mode) => {
    const path = fresh();
    chmodSync(path, mode);
    expect(() => DataFolder.open(path)).toThrow(`is open to others than its owner; run: chmod 700 '${path}'`);
    expect(existsSync(join(path, 'root.key'))).toBe(false);
    chmodSync(path, 0o700);
    DataFolder.open(path).close();
  });

  const databases = ['state.db', 'secrets.db', 'secrets.db-wal', 'outbox.db', 'outbox.db-wal'];
  it.each(['root.key', 'first-start-token', ...databases, 'audit.jsonl', 'audit.jsonl.1', 'audit.jsonl-20270131.gz'])(
    'refuses a %s that others may read, with the command that mends it',
    (name) => {
      const path = fresh();
      DataFolder.open(path).close();
      const file = join(path, name);
      if (!existsSync(file)) writeFileSync(file, '');
      chmodSync(file, 0o640);
      expect(() => DataFolder.open(path)).toThrow(`run: chmod 600 '${file}'`);
      chmodSync(file, 0o600);
      DataFolder.open(path).close();
    },
  );

  it('is its owner’s alone in a volume that belongs to a group, as fsGroup of Kubernetes makes it', () => {
    const volume = fresh();
    chmodSync(volume, 0o2770);
    const path = join(volume, 'coffer');
    DataFolder.open(path).close();
    expect(statSync(path).mode & 0o7777).toBe(0o2700);
    DataFolder.open(path).close();
    chmodSync(join(path, 'root.key'), 0o660);
    expect(() => DataFolder.open(path)).toThrow('fsGroupChangePolicy is OnRootMismatch');
  });

  it('does not mind what else lies in it', () => {
    const path = fresh();
    mkdirSync(join(path, 'lost+found'), { mode: 0o755 });
    writeFileSync(join(path, 'README'), 'x', { mode: 0o644 });
    DataFolder.open(path).close();
  });

  it('makes its files its owner’s alone, whatever the umask', () => {
    const path = join(fresh(), 'new');
    DataFolder.open(path).close();
    const modes = [path, join(path, 'root.key'), join(path, 'state.db')].map((file) => statSync(file).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });

  it('follows no link where it makes a key', () => {
    const path = fresh();
    const elsewhere = join(fresh(), 'elsewhere');
    symlinkSync(elsewhere, join(path, 'root.key.new'));
    DataFolder.open(path).close();
    expect(existsSync(elsewhere)).toBe(false);
  });
});
