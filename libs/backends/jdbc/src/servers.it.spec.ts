import type { Backend } from '@coffer/backend-contract';
import { FaultyProxy, checkAgainstModel } from '@coffer/backend-conformance';
import { CofferError, SecretPath, SecretValue, fenceOf, type ErrorCode } from '@coffer/secrets';
import { databaseOfEachTest } from './database.fixture.js';
import { mysqlHarness, postgresqlHarness } from './testing/index.js';
import type { ServerHarness } from './testing/server-harness.js';

const call = (milliseconds = 20_000) => ({ signal: AbortSignal.timeout(milliseconds) });
const path = SecretPath.of('main', 'company', 'k');
const codeOf = async (calling: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
  calling.then(
    () => 'ok' as const,
    (error: unknown) => {
      if (CofferError.is(error)) return error.code;
      throw error;
    },
  );

const makers: Record<string, () => ServerHarness> = { PostgreSQL: postgresqlHarness, MariaDB: mysqlHarness };
/** Holds the row of every secret until the time is over, in seconds. */
const HOLD: Record<string, (seconds: number) => readonly string[]> = {
  PostgreSQL: (seconds) => [
    'BEGIN',
    'SELECT id FROM coffer_secrets FOR UPDATE',
    `SELECT pg_sleep(${seconds})`,
    'COMMIT',
  ],
  MariaDB: (seconds) => ['BEGIN', 'SELECT id FROM coffer_secrets FOR UPDATE', `SELECT SLEEP(${seconds})`, 'COMMIT'],
};

describe.each(Object.entries(makers))('jdbc on %s', (name, make) => {
  const database = databaseOfEachTest(make);
  const { open } = database;
  const write = (backend: Backend, offset: bigint, within = call()) =>
    backend.apply(
      { kind: 'put', path, value: new SecretValue(`v${offset}`), metadata: { tags: [] } },
      { fence: fenceOf(1, offset), ...within },
    );

  it('does as the model does in 60 random command sequences', async () => {
    await checkAgainstModel(await open(), { runs: 60 });
  }, 120_000);

  it('lets eight processes start at once on an empty database', async () => {
    const backends = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(await Promise.all(backends.map((backend) => codeOf(backend.check(call()))))).toEqual(Array(8).fill('ok'));
    await write(backends[0]!, 1n);
    expect((await backends[7]!.read(path, call()))?.value.reveal()).toBe('v1');
  }, 60_000);

  it('waits for a database that is not there yet, and finds it again after a break', async () => {
    const { host, port } = await database.harness.connection();
    const proxy = await FaultyProxy.to(port, { host });
    proxy.set('reset');
    const backend = await open({ host: '127.0.0.1', port: proxy.port });
    expect(await codeOf(backend.check(call()))).toBe('unavailable');
    expect(await codeOf(backend.read(path, call()))).toBe('unavailable');
    proxy.set('pass');
    expect(await codeOf(backend.check(call()))).toBe('ok');
    await write(backend, 1n);
    proxy.set('reset');
    expect(await codeOf(backend.read(path, call()))).toBe('unavailable');
    proxy.set('pass');
    while ((await codeOf(backend.check(call()))) !== 'ok');
    expect((await backend.read(path, call()))?.value.reveal()).toBe('v1');
    await backend.close();
    await proxy.close();
  }, 60_000);

  it('reads with a user that may only read, once the schema is there', async () => {
    const owner = await open();
    await write(owner, 1n);
    const reader = await open(await database.harness.grantReading());
    expect(await codeOf(reader.check(call()))).toBe('ok');
    expect((await reader.read(path, call()))?.value.reveal()).toBe('v1');
    expect(await codeOf(write(reader, 2n))).toBe('denied');
  });

  it('does not pass for ready with a table that lacks a column or is gone, and says so', async () => {
    const backend = await open();
    await write(backend, 1n);
    await database.harness.execute('ALTER TABLE coffer_secrets RENAME COLUMN description TO elsewhere');
    for (const calling of [backend.check(call()), backend.read(path, call())]) {
      await expect(calling).rejects.toThrow(
        /(42703|ER_BAD_FIELD_ERROR): the table is not as Coffer made it: restore its/,
      );
    }
    await database.harness.execute('ALTER TABLE coffer_secrets RENAME COLUMN elsewhere TO description');
    expect(await codeOf(backend.check(call()))).toBe('ok');
    await database.harness.execute('ALTER TABLE coffer_secrets RENAME TO elsewhere');
    await expect(backend.check(call())).rejects.toThrow(/(42P01|ER_NO_SUCH_TABLE): the table is missing: restore it/);
    await database.harness.execute('ALTER TABLE elsewhere RENAME TO coffer_secrets');
    expect((await backend.read(path, call()))?.value.reveal()).toBe('v1');
  });

  it('refuses a database that a newer version has used', async () => {
    await (await open()).check(call());
    await database.harness.execute(`INSERT INTO coffer_migrations (timestamp, name) VALUES (9, 'FromTheFuture9')`);
    const calling = (await open()).check(call());
    await expect(calling).rejects.toMatchObject({ code: 'configuration', details: { migration: 'FromTheFuture9' } });
  });

  it('is not starved by writes that wait for a lock', async () => {
    const backend = await open();
    await write(backend, 1n);
    const holding = database.harness.execute(...HOLD[name]!(3));
    let offset = 2n;
    while ((await codeOf(write(backend, offset, call(300)))) === 'ok') offset += 1n;
    const stuck = Array.from({ length: 12 }, (_, n) => codeOf(write(backend, offset + BigInt(n), call(300))));
    expect(new Set(await Promise.all(stuck))).toEqual(new Set(['timeout']));
    const released = holding.then(() => 'the lock was released first');
    const reading = backend.read(path, call()).then((stored) => stored?.value.reveal());
    expect(await Promise.race([reading, released])).toBe(`v${offset - 1n}`);
    await holding;
    expect((await write(backend, offset + 99n)).outcome).toBe('applied');
    expect((await backend.read(path, call()))?.value.reveal()).toBe(`v${offset + 99n}`);
  }, 60_000);

  it('does not go without TLS where it is required', async () => {
    const backend = await open({ tls: 'required' });
    expect(['ok', 'unavailable']).toContain(await codeOf(backend.check(call())));
    const verified = await open({ tls: 'verify-full' });
    expect(await codeOf(verified.check(call()))).toBe('unavailable');
  });
});
