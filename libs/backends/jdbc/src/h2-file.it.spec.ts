import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAgainstModel, leaksOf } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import type { H2FileConnection } from './connection.js';
import { H2Client } from './h2/h2-client.js';
import { H2Server } from './h2/h2-server.js';
import { openJdbcBackend } from './open.js';
import { TEST_KEY, testRing } from '@coffer/backend-conformance/test-ring';

const PASSWORD = 'pa"ss w@rd';
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const path = (n: number) => SecretPath.of('main', 'company', `k${n}`);
const errorOf = async (calling: Promise<unknown>): Promise<CofferError> => {
  const error: unknown = await calling.catch((reason: unknown) => reason);
  if (CofferError.is(error)) return error;
  throw new Error('it did not fail by an error of ours');
};
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Another process that has opened the file, from the packages as they are built. */
const HOLDER = `
  const { openJdbcBackend } = require('@coffer/backend-jdbc');
  const { KeyRing } = require('@coffer/crypto');
  const { SecretValue } = require('@coffer/secrets');
  const given = JSON.parse(process.argv[1]);
  (async () => {
    const ring = await KeyRing.derive([{ id: 'test', secret: new SecretValue(given.key), active: true }]);
    const connection = { ...given.connection, password: new SecretValue(given.password) };
    await openJdbcBackend({ connection, ring }).check({ signal: AbortSignal.timeout(20000) });
    console.log('open');
    setInterval(() => undefined, 1000);
  })();
`;

describe('a database file of H2', () => {
  let folder: string;
  let connection: H2FileConnection;
  const opened: Backend[] = [];
  const children: ChildProcess[] = [];
  beforeEach(() => {
    const jar = process.env['COFFER_TEST_H2_JAR'];
    if (jar === undefined || jar === '') {
      throw new Error(`COFFER_TEST_H2_JAR is not set: run the tests by 'npm test', or see 'npm run servers -- up'`);
    }
    folder = mkdtempSync(join(tmpdir(), 'coffer-h2-file-'));
    chmodSync(folder, 0o755);
    const file = join(folder, 'secrets');
    connection = { dialect: 'h2-file', file, username: 'sa', password: new SecretValue(PASSWORD), java: 'java', jar };
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });
  const open = async (changes: Partial<H2FileConnection> = {}): Promise<Backend> => {
    const backend = openJdbcBackend({ connection: { ...connection, ...changes }, ring: await testRing() });
    opened.push(backend);
    return backend;
  };
  const write = (backend: Backend, n: number) =>
    backend.apply(
      { kind: 'put', path: path(n), value: new SecretValue(`v${n}`), metadata: { tags: [] } },
      { fence: fenceOf(1, BigInt(n)), ...call() },
    );
  const textOf = async (backend: Backend, n: number) => (await backend.read(path(n), call()))?.value.reveal();
  const eventually = async <T>(run: () => Promise<T>): Promise<T> => {
    const { signal } = call();
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (signal.aborted || !CofferError.is(error, 'unavailable')) throw error;
      }
    }
  };

  it('does as the model does in 25 random command sequences', async () => {
    await checkAgainstModel(await open(), { runs: 25 });
  }, 120_000);

  it('has every acknowledged write after kill -9 of its server, which is started again', async () => {
    const backend = await open();
    for (let round = 0; round < 5; round += 1) {
      const numbers = Array.from({ length: 10 }, (_, n) => 10 * round + n + 1);
      await eventually(() => backend.check(call()));
      for (const n of numbers) await write(backend, n);
      const { pid } = H2Server.of(connection);
      process.kill(pid ?? 0, 'SIGKILL');
      await eventually(() => backend.check(call()));
      expect(H2Server.of(connection).pid).not.toBe(pid);
      expect(await Promise.all(numbers.map((n) => textOf(backend, n)))).toEqual(numbers.map((n) => `v${n}`));
    }
  }, 120_000);

  it('is shared by the backends of one process, and its server ends with the last of them', async () => {
    const [one, other] = [await open(), await open()];
    await write(one, 1);
    expect(await textOf(other, 1)).toBe('v1');
    const { pid = 0 } = H2Server.of(connection);
    await one.close();
    expect(await textOf(other, 1)).toBe('v1');
    expect(alive(pid)).toBe(true);
    await other.close();
    expect(alive(pid)).toBe(false);
  });

  it('belongs to one process, until that one ends, be it by kill -9', async () => {
    const given = JSON.stringify({ connection, password: PASSWORD, key: TEST_KEY });
    const holder = spawn(process.execPath, ['-e', HOLDER, given], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(holder);
    const [said] = (await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])) as [unknown];
    expect(String(said)).toBe('open\n');
    const backend = await open();
    const error = await errorOf(backend.check(call()));
    expect([error.code, error.message]).toEqual(['unavailable', expect.stringContaining('another process')]);
    holder.kill('SIGKILL');
    await eventually(() => backend.check(call()));
    await write(backend, 1);
    expect(await textOf(backend, 1)).toBe('v1');
  }, 120_000);

  it('refuses another password', async () => {
    await (await open()).check(call());
    const error = await errorOf((await open({ password: new SecretValue('canary-of-a-password') })).check(call()));
    expect(error.code).toBe('unauthenticated');
    expect(leaksOf(error, ['canary-of-a-password', PASSWORD])).toEqual([]);
  });

  /** What another program does with the file by H2's shell. */
  const sql = (statement: string, password = PASSWORD, file = connection.file): void => {
    const url = ['-url', `jdbc:h2:file:${file}`, '-user', 'sa', '-password', password];
    execFileSync('java', ['-cp', connection.jar, 'org.h2.tools.Shell', ...url, '-sql', statement], { stdio: 'ignore' });
    chmodSync(`${file}.mv.db`, 0o600);
  };

  it('opens a file that a Java program made by JDBC', async () => {
    sql('CREATE TABLE other (id INT)');
    const backend = await open();
    await write(backend, 1);
    expect(await textOf(backend, 1)).toBe('v1');
  });

  it('gives nobody else a right to its files', async () => {
    const backend = await open();
    await write(backend, 1);
    const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(entries).toEqual(['secrets.mv.db']);
    expect(entries.map((name) => statSync(join(folder, name)).mode & 0o077)).toEqual([0]);
  });

  it.each([0o640, 0o604])('refuses a file of the mode %o, and says how to mend it', async (mode) => {
    sql('CREATE TABLE other (id INT)');
    chmodSync(`${connection.file}.mv.db`, mode);
    const backend = await open();
    const error = await errorOf(backend.check(call()));
    expect([error.code, error.message]).toEqual(['configuration', expect.stringContaining(`chmod go= '${folder}/`)]);
    chmodSync(`${connection.file}.mv.db`, 0o600);
    await backend.check(call());
  });

  /** A login of another process of this machine. */
  const logIn = async (port: number, database: string, user: string, password: string): Promise<'in' | 'refused'> => {
    const client = new H2Client({ host: '127.0.0.1', port, database, user, password, connectionTimeoutMillis: 20_000 });
    try {
      await new Promise<void>((resolve, reject) => client.connect((error) => (error ? reject(error) : resolve())));
      return 'in';
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ECONNREFUSED') throw error;
      return 'refused';
    } finally {
      void client.end().catch(() => undefined);
    }
  };
  const NEW_DATABASES = ['other', 'mem:other', './other', '../other', '/tmp/coffer-h2-other', 'other;IFEXISTS=FALSE'];

  it('makes no database for another process of the machine', async () => {
    await (await open()).check(call());
    const { port } = H2Server.of(connection);
    for (const database of NEW_DATABASES) {
      expect([database, await logIn(port, database, 'intruder', 'of its own')]).toEqual([database, 'refused']);
    }
    expect(readdirSync(folder)).toEqual(['secrets.mv.db']);
    expect(await logIn(port, 'secrets', 'sa', PASSWORD)).toBe('in');
  });

  it.each(NEW_DATABASES)('the server of the tests makes no database %s either', async (database) => {
    const { port } = new URL(process.env['COFFER_TEST_H2_URL'] ?? '');
    expect(await logIn(Number(port), database, 'intruder', 'of its own')).toBe('refused');
  });

  it('opens no other database of its folder', async () => {
    sql('CREATE TABLE other (id INT)', '', join(folder, 'open'));
    await (await open()).check(call());
    expect(await logIn(H2Server.of(connection).port, 'open', 'sa', '')).toBe('refused');
  });

  it.each(['', ' '])('refuses the password "%s", for a new file and for one that exists', async (text) => {
    const password = new SecretValue(text);
    const refused = expect.objectContaining({
      code: 'configuration',
      message: expect.stringMatching(/needs a password/),
    });
    await expect(open({ password })).rejects.toEqual(refused);
    expect(readdirSync(folder)).toEqual([]);
    sql('CREATE TABLE other (id INT)', text);
    await expect(open({ password })).rejects.toEqual(refused);
  });

  it('refuses a file with another account that has no password', async () => {
    sql("CREATE USER guest PASSWORD ''; CREATE USER other PASSWORD 'x'");
    const backend = await open();
    const error = await errorOf(backend.check(call()));
    expect([error.code, error.message]).toEqual(['configuration', expect.stringMatching(/account without.*guest/i)]);
    await backend.close();
    sql("ALTER USER guest SET PASSWORD 'y'");
    await (await open()).check(call());
  });

  it('tells no process the password but by its standard input', async () => {
    const java = join(folder, 'java');
    writeFileSync(
      java,
      `#!/bin/sh\necho "$@" >> '${folder}/arguments-and-environment'; env >> '${folder}/arguments-and-environment'; exec java "$@"\n`,
    );
    chmodSync(java, 0o700);
    await (await open({ java })).check(call());
    const seen = readFileSync(join(folder, 'arguments-and-environment'), 'utf8');
    expect(seen).toContain('org.h2.tools.Shell');
    expect(seen).toContain('org.h2.tools.Server');
    expect(seen).not.toContain(PASSWORD);
  });

  it('says what is wrong where Java or the jar cannot be used', async () => {
    expect((await errorOf((await open({ java: join(folder, 'none') })).check(call()))).code).toBe('configuration');
  });
});
