import { checkAgainstModel } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { databaseOfEachTest } from './database.fixture.js';
import { mysqlHarness, postgresqlHarness } from './testing/index.js';
import { startPgBouncer } from './testing/pgbouncer.js';

const call = () => ({ signal: AbortSignal.timeout(30_000) });
const path = SecretPath.of('main', 'company', 'k');
const write = (backend: Backend, offset = 1n) =>
  backend.apply(
    { kind: 'put', path, value: new SecretValue(`v${offset}`), metadata: { tags: [] } },
    { fence: fenceOf(1, offset), ...call() },
  );
const refusalOf = async (calling: Promise<unknown>): Promise<[string, string]> => {
  const error: unknown = await calling.then(
    () => 'nothing was refused',
    (reason: unknown) => reason,
  );
  if (CofferError.is(error)) return [error.code, error.message];
  throw error instanceof Error ? error : new Error(String(error));
};

/** Names that would meet others if they were not quoted. */
const SCHEMAS = ['coffer', 'My Schema'];

describe('PostgreSQL', () => {
  const database = databaseOfEachTest(postgresqlHarness);
  const { open } = database;

  it.each(SCHEMAS)(
    'behind PgBouncer in transaction mode, with the schema %s, does as the model does',
    async (schema) => {
      await database.harness.execute(`CREATE SCHEMA "${schema}"`);
      const bouncer = await startPgBouncer(await database.harness.connection());
      try {
        const own = { host: '127.0.0.1', port: bouncer.port };
        const backends = await Promise.all(Array.from({ length: 4 }, () => open({ ...own, schema })));
        await Promise.all(backends.map((backend) => backend.check(call())));
        await checkAgainstModel(backends[0]!, { runs: 20 });
        await write(backends[1]!);
        const reading = backends.flatMap((backend) => Array.from({ length: 12 }, () => backend.read(path, call())));
        const values = (await Promise.all(reading)).map((stored) => stored?.value.reveal());
        expect(new Set(values)).toEqual(new Set(['v1']));
        await database.harness.execute(`SELECT id, fence FROM "${schema}".coffer_secrets`);
        await expect(database.harness.execute('SELECT id FROM public.coffer_secrets')).rejects.toThrow(
          /does not exist/,
        );
        // A lock that a pooler had kept would hold up the next change for ever.
        await database.harness.execute(`DROP TABLE "${schema}".coffer_migrations, "${schema}".coffer_secrets`);
        await (await open({ ...own, schema })).check(call());
      } finally {
        await database.closeBackends();
        await bouncer.close();
      }
    },
  );

  it('keeps two schemas of one database apart', async () => {
    for (const schema of SCHEMAS) await database.harness.execute(`CREATE SCHEMA "${schema}"`);
    const [one, other] = [await open({ schema: SCHEMAS[0]! }), await open({ schema: SCHEMAS[1]! })];
    await write(one);
    expect(await other.read(path, call())).toBeUndefined();
  });

  it('names the right that the first start needs, and what grants it', async () => {
    const { username: owner } = await database.harness.connection();
    const other = { username: `${owner}_x` };
    const first = await refusalOf((await open(other)).check(call()));
    expect(first).toEqual(['denied', expect.stringMatching(/may not create them.*GRANT USAGE, CREATE ON SCHEMA/)]);
    await database.harness.execute('CREATE SCHEMA closed');
    const closed = await refusalOf((await open({ ...other, schema: 'closed' })).check(call()));
    expect(closed).toEqual(['denied', expect.stringMatching(/GRANT (SELECT|USAGE, CREATE)/)]);
    const none = await refusalOf((await open({ schema: 'none' })).check(call()));
    expect(none).toEqual(['denied', expect.stringMatching(/ON SCHEMA "none"/)]);
  });

  it('names the right that a call needs, and what grants it', async () => {
    await (await open()).check(call());
    const { username: owner } = await database.harness.connection();
    const other = `${owner}_x`;
    expect(await refusalOf((await open({ username: other })).check(call()))).toEqual([
      'denied',
      expect.stringContaining('lacks the right SELECT on the table coffer_migrations'),
    ]);
    await database.harness.execute(`GRANT SELECT ON coffer_migrations TO ${other}`);
    const backend = await open({ username: other });
    expect(await refusalOf(backend.read(path, call()))).toEqual([
      'denied',
      expect.stringContaining('SELECT on the table coffer_secrets'),
    ]);
    await database.harness.execute(`GRANT SELECT ON coffer_secrets TO ${other}`);
    expect(await backend.read(path, call())).toBeUndefined();
    expect(await refusalOf(write(backend))).toEqual([
      'denied',
      expect.stringContaining('GRANT INSERT ON coffer_secrets'),
    ]);
    await database.harness.execute(`GRANT INSERT ON coffer_secrets TO ${other}`);
    expect((await write(backend)).outcome).toBe('applied');
    expect(await refusalOf(write(backend, 2n))).toEqual([
      'denied',
      expect.stringContaining('GRANT UPDATE ON coffer_secrets'),
    ]);
    await database.harness.execute(`GRANT UPDATE ON coffer_secrets TO ${other}`);
    expect((await write(backend, 2n)).outcome).toBe('applied');
  });
});

it('MariaDB: names the right that the first start needs, and what grants it', async () => {
  const harness = mysqlHarness();
  const { username: owner } = await harness.connection();
  const backend = await harness.openWith({ username: `${owner}_x` });
  const [code, message] = await refusalOf(backend.check(call()));
  expect(code).toBe('denied');
  expect(message).toMatch(/GRANT (SELECT ON DATABASE\.coffer_migrations|CREATE ON DATABASE\.\*)/);
  await backend.close();
  await harness.close();
});
