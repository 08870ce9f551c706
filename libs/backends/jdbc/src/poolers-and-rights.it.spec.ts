import { checkAgainstModel } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { mysqlSubject, postgresqlSubject } from './testing/index.js';
import { startPgBouncer } from './testing/pgbouncer.js';
import type { ServerSubject } from './testing/server-harness.js';

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
  let subject: ServerSubject;
  const opened: Backend[] = [];
  beforeEach(() => {
    subject = postgresqlSubject();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
    await subject.close();
  });
  const open = async (changes: Parameters<ServerSubject['openWith']>[0] = {}): Promise<Backend> => {
    const backend = await subject.openWith(changes, '');
    opened.push(backend);
    return backend;
  };

  it.each(SCHEMAS)(
    'behind PgBouncer in transaction mode, with the schema %s, does as the model does',
    async (schema) => {
      await subject.execute(`CREATE SCHEMA "${schema}"`);
      const bouncer = await startPgBouncer(await subject.connection());
      try {
        const { host, port } = bouncer;
        const backends = await Promise.all(Array.from({ length: 4 }, () => open({ host, port, schema })));
        await Promise.all(backends.map((backend) => backend.check(call())));
        await checkAgainstModel(backends[0]!, { runs: 20 });
        await write(backends[1]!);
        const reading = backends.flatMap((backend) => Array.from({ length: 12 }, () => backend.read(path, call())));
        const values = (await Promise.all(reading)).map((stored) => stored?.value.reveal());
        expect(new Set(values)).toEqual(new Set(['v1']));
        await subject.execute(`SELECT id, fence FROM "${schema}".coffer_secrets`);
        await expect(subject.execute('SELECT id FROM public.coffer_secrets')).rejects.toThrow(/does not exist/);
        // A lock that a pooler had kept would hold up the next change for ever.
        await subject.execute(`DROP TABLE "${schema}".coffer_migrations, "${schema}".coffer_secrets`);
        await (await open({ host, port, schema })).check(call());
      } finally {
        await Promise.all(opened.splice(0).map((backend) => backend.close()));
        await bouncer.close();
      }
    },
  );

  it('keeps two schemas of one database apart', async () => {
    for (const schema of SCHEMAS) await subject.execute(`CREATE SCHEMA "${schema}"`);
    const [one, other] = [await open({ schema: SCHEMAS[0]! }), await open({ schema: SCHEMAS[1]! })];
    await write(one);
    expect(await other.read(path, call())).toBeUndefined();
  });

  it('names the right that the first start needs, and what grants it', async () => {
    const { username: owner } = await subject.connection();
    const stranger = { username: `${owner}_x` };
    const first = await refusalOf((await open(stranger)).check(call()));
    expect(first).toEqual(['denied', expect.stringMatching(/may not create them.*GRANT USAGE, CREATE ON SCHEMA/)]);
    await subject.execute('CREATE SCHEMA closed');
    const closed = await refusalOf((await open({ ...stranger, schema: 'closed' })).check(call()));
    expect(closed).toEqual(['denied', expect.stringMatching(/GRANT (SELECT|USAGE, CREATE)/)]);
    const none = await refusalOf((await open({ schema: 'none' })).check(call()));
    expect(none).toEqual(['denied', expect.stringMatching(/ON SCHEMA "none"/)]);
  });

  it('names the right that a call needs, and what grants it', async () => {
    await (await open()).check(call());
    const { username: owner } = await subject.connection();
    const stranger = `${owner}_x`;
    const told = async (calling: Promise<unknown>) => refusalOf(calling);
    expect(await told((await open({ username: stranger })).check(call()))).toEqual([
      'denied',
      expect.stringContaining('lacks the right SELECT on the table coffer_migrations'),
    ]);
    await subject.execute(`GRANT SELECT ON coffer_migrations TO ${stranger}`);
    const backend = await open({ username: stranger });
    expect(await told(backend.read(path, call()))).toEqual([
      'denied',
      expect.stringContaining('SELECT on the table coffer_secrets'),
    ]);
    await subject.execute(`GRANT SELECT ON coffer_secrets TO ${stranger}`);
    expect(await backend.read(path, call())).toBeUndefined();
    expect(await told(write(backend))).toEqual(['denied', expect.stringContaining('GRANT UPDATE ON coffer_secrets')]);
    await subject.execute(`GRANT UPDATE ON coffer_secrets TO ${stranger}`);
    expect(await told(write(backend))).toEqual(['denied', expect.stringContaining('GRANT INSERT ON coffer_secrets')]);
    await subject.execute(`GRANT INSERT ON coffer_secrets TO ${stranger}`);
    expect((await write(backend)).outcome).toBe('applied');
  });
});

it('MariaDB: names the right that the first start needs, and what grants it', async () => {
  const subject = mysqlSubject();
  const { username: owner } = await subject.connection();
  const backend = await subject.openWith({ username: `${owner}_x` });
  const [code, message] = await refusalOf(backend.check(call()));
  expect(code).toBe('denied');
  expect(message).toMatch(/GRANT (SELECT ON DATABASE\.coffer_migrations|CREATE ON DATABASE\.\*)/);
  await backend.close();
  await subject.close();
});
