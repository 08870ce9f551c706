import { CofferError, SecretValue, type ErrorCode } from '@coffer/secrets';
import { openJdbcBackend } from '../open.js';
import { PostgresqlStub, TERMINATED, UNREADABLE } from '../testing/postgresql-stub.js';
import { testRing } from '@coffer/backend-conformance/test-ring';

const call = () => ({ signal: AbortSignal.timeout(20_000) });

/** More than the server gives until each of the calls at once has a connection and an answer. */
const ANSWERS = 24;
/** Each takes a connection of its own, whose login is one of the answers. */
const CALLS_AT_ONCE = 4;

describe('a PostgreSQL server that ends a connection', () => {
  let stub: PostgresqlStub;
  beforeEach(async () => {
    stub = await PostgresqlStub.start();
  });
  afterEach(() => stub.close());
  const open = async () =>
    openJdbcBackend({
      connection: {
        dialect: 'postgresql',
        host: '127.0.0.1',
        port: stub.port,
        database: 'stub',
        username: 'coffer',
        password: new SecretValue(''),
        tls: 'disabled',
      },
      ring: await testRing(),
    });
  const codeOf = (calling: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
    calling.then(
      () => 'ok' as const,
      (error: unknown) => {
        if (CofferError.is(error)) return error.code;
        throw error;
      },
    );

  it.each([
    ['an error right behind', TERMINATED],
    ['what cannot be read right behind', UNREADABLE],
    ['nothing behind', Buffer.alloc(0)],
  ])('with %s an answer fails calls and not the process', async (_, last) => {
    const seen = new Set<ErrorCode | 'ok'>();
    for (let at = 1; at <= ANSWERS; at += 1) {
      const backend = await open();
      stub.endWith(last, at);
      do {
        const calls = Array.from({ length: CALLS_AT_ONCE }, () => codeOf(backend.check(call())));
        for (const code of await Promise.all(calls)) seen.add(code);
      } while (stub.answered < at);
      while ((await codeOf(backend.check(call()))) !== 'ok');
      await backend.close();
    }
    expect([...seen].sort()).toEqual(['ok', 'unavailable']);
  });

  it('says nothing of the sort while it works', async () => {
    const backend = await open();
    expect(await codeOf(backend.check(call()))).toBe('ok');
    await backend.close();
  });
});
