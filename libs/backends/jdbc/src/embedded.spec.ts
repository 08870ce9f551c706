import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '@coffer/backend-contract';
import { checkAgainstModel, disguises } from '@coffer/backend-conformance';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { openJdbcBackend } from './index.js';
import { JdbcBackend } from './backend.js';
import { embedded } from './dialects/embedded.js';
import { DatabaseClient } from './client.js';
import { testRing } from '@coffer/backend-conformance/test-ring';

const call = () => ({ signal: AbortSignal.timeout(20_000) });
const path = (n: number) => SecretPath.of('main', 'company', `k${n}`);

describe('the embedded database', () => {
  let folder: string;
  let file: string;
  const opened: Backend[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-embedded-'));
    file = join(folder, 'coffer.db');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
    rmSync(folder, { recursive: true });
  });
  const open = async (): Promise<Backend> => {
    const backend = openJdbcBackend({ connection: { dialect: 'embedded', file }, ring: await testRing() });
    opened.push(backend);
    return backend;
  };
  const write = (backend: Backend, n: number, text: string, offset = BigInt(n + 1)) =>
    backend.apply(
      { kind: 'put', path: path(n), value: new SecretValue(text), metadata: { tags: [] } },
      { fence: fenceOf(1, offset), ...call() },
    );
  const refusal = async (calling: Promise<unknown>): Promise<CofferError> => {
    const error = await calling.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CofferError);
    return error as CofferError;
  };

  it('does as the model does in 200 random command sequences', async () => {
    await checkAgainstModel(await open(), { runs: 200 });
  }, 120_000);

  it('keeps what was written over a restart', async () => {
    const before = await open();
    await write(before, 1, 'kept');
    await before.close();
    expect((await (await open()).read(path(1), call()))?.value.reveal()).toBe('kept');
  });

  it('survives a full disk: a clear error, nothing lost, and it goes on when there is room', async () => {
    const session = new DatabaseClient(embedded({ dialect: 'embedded', file }));
    const backend = new JdbcBackend(session, await testRing(), '');
    opened.push(backend);
    await write(backend, 0, 'first');
    const pragma = (sql: string) => session.run(`PRAGMA ${sql}`, [], call().signal);
    const { rows } = await pragma('page_count');
    await pragma(`max_page_count = ${String(Number(rows[0]?.['page_count']) + 40)}`);
    const big = 'x'.repeat(20_000);
    const acknowledged: number[] = [];
    let error: unknown;
    for (let n = 1; error === undefined; n += 1) {
      await write(backend, n, big).then(
        () => acknowledged.push(n),
        (reason: unknown) => (error = reason),
      );
    }
    expect(error).toMatchObject({ code: 'unavailable', details: { vendorCode: 'SQLITE_FULL' } });
    expect((error as Error).message).toMatch(/no space left/);
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const n of acknowledged) expect((await backend.read(path(n), call()))?.value.reveal()).toBe(big);
    const refused = acknowledged.length + 1;
    expect(await backend.read(path(refused), call())).toBeUndefined();
    await pragma('max_page_count = 1000000');
    expect((await write(backend, refused, big)).outcome).toBe('applied');
    expect((await backend.read(path(0), call()))?.value.reveal()).toBe('first');
  });

  it('refuses a file that a newer version has used, and names the change', async () => {
    const before = await open();
    await before.check(call());
    await before.close();
    const database = new DatabaseSync(file);
    database.exec(`INSERT INTO coffer_migrations (timestamp, name) VALUES (9, 'FromTheFuture9')`);
    database.close();
    const error = await refusal((await open()).check(call()));
    expect(error.code).toBe('configuration');
    expect(error.message).toMatch(/newer version.*FromTheFuture9/);
  });

  it('says that a file is no database', async () => {
    writeFileSync(file, 'this is not a database, '.repeat(100));
    expect((await refusal((await open()).check(call()))).code).toBe('corrupt');
  });

  it('recovers by itself when the folder appears', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'in the way');
    const backend = await open();
    expect((await refusal(backend.check(call()))).code).toBe('unavailable');
    rmSync(folder);
    await backend.check(call());
  });

  it('syncs each commit', async () => {
    const session = new DatabaseClient(embedded({ dialect: 'embedded', file }));
    opened.push(new JdbcBackend(session, await testRing(), ''));
    const ask = async (pragma: string) => (await session.run(`PRAGMA ${pragma}`, [], call().signal)).rows[0]?.[pragma];
    expect(await ask('journal_mode')).toBe('wal');
    expect(await ask('synchronous')).toBe(2);
  });

  it('holds no value in clear', async () => {
    const canary = 'c4nary-in-the-file';
    const backend = await open();
    await write(backend, 1, canary);
    await backend.apply(
      { kind: 'patch', path: path(1), metadata: { description: 'a p0sitive-control' } },
      { fence: fenceOf(1, 9n), ...call() },
    );
    const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toString('latin1');
    expect(disguises(canary).filter((form) => bytes.includes(form))).toEqual([]);
    expect(bytes).toContain('a p0sitive-control');
  });

  it('refuses a sealed value that was moved to another secret', async () => {
    const backend = await open();
    await write(backend, 1, 'one');
    await write(backend, 2, 'two');
    const database = new DatabaseSync(file);
    const move = `UPDATE coffer_secrets SET value = (SELECT value FROM coffer_secrets WHERE secret_key = 'k1')`;
    database.exec(move);
    database.close();
    expect((await backend.read(path(1), call()))?.value.reveal()).toBe('one');
    expect((await refusal(backend.read(path(2), call()))).code).toBe('corrupt');
  });
});
