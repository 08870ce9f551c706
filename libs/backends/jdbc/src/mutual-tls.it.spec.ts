import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import type { ServerConnection } from './connection.js';
import { openJdbcBackend } from './open.js';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import { testRing } from '@coffer/backend-conformance/test-ring';
import { startTlsMariadb } from './testing/tls-mariadb.js';
import { startTlsPostgresql } from './testing/tls-postgresql.js';
import type { TlsServer } from './testing/tls-server.js';

// Starts a server, on machines that may be busy.
jest.setTimeout(240_000);

const call = () => ({ signal: AbortSignal.timeout(60_000) });

describe.each([
  {
    ...{ name: 'PostgreSQL', start: startTlsPostgresql, authorityParameter: /sslrootcert/ },
    anotherUser: ['unauthenticated', expect.stringMatching(/sslcert/)],
  },
  // `REQUIRE X509` asks for a certificate of the authority, whomever it names.
  { name: 'MariaDB', start: startTlsMariadb, authorityParameter: /serverSslCert/, anotherUser: ['let in'] },
])('mutual TLS with $name', ({ start, authorityParameter, anotherUser }) => {
  let server: TlsServer;
  let foreign: Authority;
  let right: Certificate;
  beforeAll(async () => {
    server = await start();
    foreign = new Authority(server.folder, 'foreign');
    right = server.authority.issue('coffer');
  });
  afterAll(() => server.close());

  const openWith = async (changes: Partial<ServerConnection>) => {
    const connection = { ...server.connection, ...changes };
    return openJdbcBackend({ connection, ring: await testRing(), prefix: '', poolSize: 2 });
  };
  const refusalOf = async (changes: Partial<ServerConnection>): Promise<readonly string[]> => {
    const backend = await openWith(changes);
    try {
      await backend.check(call());
      return ['let in'];
    } catch (error) {
      if (!CofferError.is(error)) throw error;
      return [error.code, error.message];
    } finally {
      await backend.close();
    }
  };

  it('lets in whoever shows the right certificate', async () => {
    const backend = await openWith(right);
    const path = SecretPath.of('main', 'company', 'k');
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect((await backend.read(path, call()))?.value.reveal()).toBe('v');
    await backend.close();
  });

  it.each<[string, () => Partial<ServerConnection>, string, RegExp]>([
    ['no certificate', () => ({}), 'unauthenticated', /sslcert/],
    ['a certificate of another authority', () => foreign.issue('coffer'), 'unauthenticated', /sslcert/],
    [
      'an authority that did not sign the server’s certificate',
      () => ({ ...right, caFile: foreign.caFile }),
      'unavailable',
      authorityParameter,
    ],
    [
      'a host that the server’s certificate does not name',
      () => ({ ...right, host: '127.0.0.1' }),
      'unavailable',
      /host/,
    ],
  ])('refuses %s, and names what to mend', async (_what, changes, code, words) => {
    expect(await refusalOf(changes())).toEqual([code, expect.stringMatching(words)]);
  });

  it('checks a server that is given by its address against that address', async () => {
    const backend = await openWith({ ...right, host: '127.0.0.2' });
    // Two at a time, so that a connection resumes the session of another.
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([backend.check(call()), backend.check(call())]);
    }
    await backend.close();
  });

  it('leaves to the server whether the certificate must name the user', async () => {
    expect(await refusalOf(server.authority.issue('somebody'))).toEqual(anotherUser);
  });

  it('refuses a certificate that has expired, and names what to mend', async () => {
    const expired = server.authority.issue('coffer', { days: 0 });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await refusalOf(expired)).toEqual([
      'unauthenticated',
      expect.stringMatching(/sslcert.*expired|expired.*sslcert/),
    ]);
  });
});
