import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { HttpProxy, leaksOf, type HttpAnswer, type HttpVerdict } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import type { VaultConnection } from './connection.js';
import { openVaultBackend } from './index.js';
import { vaultError } from './testing/recording-proxy.js';

const TOKEN = 'hvs.c0ffer-canary-token';
const VALUE = 'c0ffer-canary:"välue"';
const path = SecretPath.of('main', 'company.team', 'k');
const call = (milliseconds = 10_000) => ({ signal: AbortSignal.timeout(milliseconds) });

const json = (status: number, body: unknown): HttpAnswer => ({ status, body: JSON.stringify(body) });
const ENGINE = json(200, { data: { type: 'kv', path: 'secret/', options: { version: '2' } } });

/** No server stands behind it: every answer is given here, in the words of Vault 1.21. */
const answering = (verdict: (path: string) => HttpVerdict | ReturnType<typeof vaultError>) => {
  return (request: Parameters<ReturnType<typeof vaultError>>[0]): HttpVerdict => {
    if (request.path.startsWith('/v1/sys/internal/ui/mounts/')) return ENGINE;
    if (request.path === '/v1/auth/token/lookup-self') return json(200, { data: { ttl: 0, renewable: false } });
    const answer = verdict(request.path);
    return typeof answer === 'function' ? answer(request) : answer;
  };
};

describe('an answer of Vault', () => {
  let proxy: HttpProxy;
  const opened: Backend[] = [];
  beforeEach(async () => {
    proxy = await HttpProxy.to('http://127.0.0.1:9');
  });
  const silent: { server: Server; sockets: Socket[] }[] = [];
  /** The address of a server that takes connections and says nothing. */
  const unansweringServer = async (): Promise<string> => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    silent.push({ server, sockets });
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(async () => {
    for (const { server, sockets } of silent.splice(0)) {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    }
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
    await proxy.close();
  });
  const open = (changes: Partial<VaultConnection> = {}): Backend => {
    const login = { method: 'token', token: new SecretValue(TOKEN) } as const;
    const backend = openVaultBackend({ connection: { address: proxy.url, login, ...changes } });
    opened.push(backend);
    return backend;
  };
  const failure = async (calling: Promise<unknown>): Promise<CofferError> => {
    const error = await calling.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CofferError);
    expect(leaksOf(error, [TOKEN, VALUE])).toEqual([]);
    return error as CofferError;
  };
  const everyCall = (backend: Backend): Promise<unknown>[] => [
    backend.read(path, call()),
    backend.apply(
      { kind: 'put', path, value: new SecretValue(VALUE), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    ),
    backend.apply({ kind: 'patch', path, metadata: { description: VALUE } }, { fence: fenceOf(1, 1n), ...call() }),
    backend.apply({ kind: 'delete', path }, { fence: fenceOf(1, 1n), ...call() }),
    backend.check(call()),
  ];

  it.each([
    ['400, malformed', vaultError(400, 'failed to parse JSON input'), 'invalid'],
    ['400 of a new engine', vaultError(400, 'Upgrading from non-versioned to versioned data'), 'unavailable'],
    ['401 of a gateway in front', { status: 401 }, 'unauthenticated'],
    ['403 by policy', vaultError(403, '1 error occurred:\n\t* permission denied\n\n'), 'denied'],
    ['403 of a dead token', vaultError(403, '2 errors:\n\t* permission denied\n\t* invalid token'), 'unauthenticated'],
    ['404 without an engine', vaultError(404, 'no handler for route "secret/data/x"'), 'configuration'],
    ['404 of a gateway in front', { status: 404, body: '<html>not found</html>' }, 'configuration'],
    ['405', vaultError(405, 'unsupported operation'), 'configuration'],
    ['412', vaultError(412, 'required index state not present'), 'unavailable'],
    ['413', vaultError(413, 'http: request body too large'), 'too-large'],
    ['500 of a long text', vaultError(500, 'JSON string value exceeds allowed length'), 'too-large'],
    ['500 of a small storage', vaultError(500, 'put failed due to value being too large'), 'too-large'],
    ['429 of a quota', vaultError(429, 'rate limit quota exceeded'), 'throttled'],
    ['472 of a standby for recovery', { status: 472 }, 'unavailable'],
    ['473 of a performance standby', { status: 473 }, 'unavailable'],
    ['500', vaultError(500, 'internal error'), 'unavailable'],
    ['502', vaultError(502, 'upstream'), 'unavailable'],
    ['503 of a sealed server', vaultError(503, 'Vault is sealed'), 'unavailable'],
    ['200 of something else', { status: 200, body: '<html>Welcome</html>' }, 'unavailable'],
    ['a redirect to nowhere', { status: 307 }, 'unavailable'],
  ] as const)('%s is told by its code', async (_, answer, code) => {
    proxy.set(answering(() => answer));
    const backend = open();
    const errors = await Promise.all(everyCall(backend).map(failure));
    expect(new Set(errors.map((error) => error.code))).toEqual(new Set([code]));
  });

  it('404 in the engine’s words alone is absence', async () => {
    proxy.set(answering(() => json(404, { errors: [] })));
    const backend = open();
    expect(await backend.read(path, call())).toBeUndefined();
    await backend.check(call());
  });

  it('is not waited for longer than connecting and reading may take', async () => {
    const backend = open({ address: await unansweringServer(), readTimeoutMs: 200 });
    expect((await failure(backend.check(call(60_000)))).code).toBe('timeout');
  }, 20_000);

  it('that never comes is a timeout when the caller gives up', async () => {
    const backend = open({ address: await unansweringServer() });
    expect((await failure(backend.read(path, call(100)))).code).toBe('timeout');
  });

  it('of nobody is unavailable', async () => {
    const backend = open({ address: 'http://127.0.0.1:9' });
    expect(await failure(backend.check(call()))).toMatchObject({
      code: 'unavailable',
      details: { vendorCode: 'ECONNREFUSED' },
    });
  });

  it('that names the active node is followed there once, with what was asked', async () => {
    const active = await HttpProxy.to('http://127.0.0.1:9');
    const asked: string[] = [];
    active.set((request) => {
      asked.push(`${request.method} ${request.path} ${String(request.headers['x-vault-token'])}`);
      return json(404, { errors: [] });
    });
    proxy.set((request) => ({ status: 307, headers: { location: `${active.url}${request.path}` } }));
    expect(await open().read(path, call())).toBeUndefined();
    expect(asked).toContain(`GET /v1/secret/data/main/company/team/k ${TOKEN}`);
    active.set((request) => ({ status: 307, headers: { location: `${proxy.url}${request.path}` } }));
    expect((await failure(open().read(path, call()))).code).toBe('unavailable');
    await active.close();
  });

  it('with settings that no header can carry is never asked for', async () => {
    expect(() => open({ namespace: 'a\nb' })).toThrow(expect.objectContaining({ code: 'configuration' }));
    const login = { method: 'token', token: new SecretValue(`${TOKEN}\n`) } as const;
    expect((await failure(open({ login }).check(call()))).code).toBe('unauthenticated');
  });
});
