import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import nodeVault from 'node-vault';
import { HttpProxy, leaksOf, type HttpRequest } from '@coffer/backend-conformance';
import { CofferError, exactJsonText, fenceOf, SecretPath, SecretValue } from '@coffer/secrets';
import { parseJson } from './json.js';
import { VaultClient } from './client.js';
import { vaultHarness } from './testing/index.js';
import { freshName, type VaultServer } from './testing/vault-server.js';
import { RecordingProxy, vaultError } from './testing/recording-proxy.js';

const ADR = join(__dirname, '../../../../docs/adr/0008-node-vault-over-our-own-transport.md');
const TOKEN = 'hvs.c0ffer-canary-token';
const VALUE = 'c0ffer-canary:"välue"';
const UNUSED_ADDRESS = 'http://127.0.0.1:9';
const LONG_MS = 60_000;

const harness = vaultHarness();
const login = { method: 'token', token: new SecretValue(TOKEN) } as const;
const call = (timeoutMs = LONG_MS) => ({ signal: AbortSignal.timeout(timeoutMs) });
const read = { method: 'GET', path: 'secret/data/k' } as const;
const write = { method: 'POST', path: 'secret/data/k', body: { data: { value: VALUE } } } as const;

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(() => harness.close());

type Changes = Partial<ConstructorParameters<typeof VaultClient>[0]>;
const clientOf = (address: string, changes: Changes = {}): VaultClient => {
  const client = new VaultClient({ address, login, ...changes });
  cleanups.push(() => client.close());
  return client;
};
/** A server that gives every answer itself, and what it was asked. */
const stub = async (): Promise<{ proxy: HttpProxy; seen: HttpRequest[] }> => {
  const proxy = await HttpProxy.to(UNUSED_ADDRESS);
  cleanups.push(() => proxy.close());
  const seen: HttpRequest[] = [];
  proxy.set((request) => {
    seen.push(request);
    return { status: 200, body: '{"data":{}}' };
  });
  return { proxy, seen };
};
/** A server that takes connections and says nothing; its connections. */
const unansweringServer = async (): Promise<{ port: number; server: Server; sockets: Socket[] }> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server, sockets };
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
const withEnvironment = (variables: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    process.env[name] = value;
    cleanups.push(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
};
/** Certificates of an authority that Vault makes for the test. */
const authority = async (server: VaultServer) => {
  const pki = freshName();
  await server.do('POST', `sys/mounts/${pki}`, { type: 'pki' });
  cleanups.push(() => server.removeEngine(pki));
  const { data: root } = await server.do('POST', `${pki}/root/generate/internal`, { common_name: 'Coffer test' });
  await server.do('POST', `${pki}/roles/test`, { allow_any_name: true, allow_ip_sans: true });
  const made = await server.do('POST', `${pki}/issue/test`, {
    common_name: 'vault.test',
    ip_sans: '127.0.0.1',
    ttl: '1h',
  });
  const { private_key: key, certificate: cert } = made['data'] as { private_key: string; certificate: string };
  return { ca: (root as { certificate: string }).certificate, tls: { key, cert } };
};

const tested: string[] = [];
const row = (name: string, tests: () => void): void => {
  tested.push(name);
  describe(`ADR 8, ${name}:`, tests);
};

it('every row of ADR 8 has tests here', () => {
  const table = [...readFileSync(ADR, 'utf8').matchAll(/^\| ([A-Za-z ]+?) +\|/gmu)].map(([, name]) => name);
  expect(tested).toEqual(table.filter((name) => name !== 'wanted'));
});

row('deadline', () => {
  it('connecting, the TLS handshake included, has a time-out of its own', async () => {
    const { port } = await unansweringServer();
    const client = clientOf(`https://127.0.0.1:${port}`, { connectTimeoutMs: 200 });
    expect((await failure(client.send(read, login.token, call().signal))).code).toBe('timeout');
  });

  it('reading has a time-out of its own', async () => {
    const { port } = await unansweringServer();
    const client = clientOf(`http://127.0.0.1:${port}`, { readTimeoutMs: 200 });
    expect((await failure(client.send(read, login.token, call().signal))).code).toBe('timeout');
  });

  it('the caller’s ends the call', async () => {
    const { port } = await unansweringServer();
    const client = clientOf(`http://127.0.0.1:${port}`);
    expect((await failure(client.send(write, login.token, call(100).signal))).code).toBe('timeout');
  });
});

row('cancellation', () => {
  it('an aborted write gives its connection up', async () => {
    const { port, server, sockets } = await unansweringServer();
    const client = clientOf(`http://127.0.0.1:${port}`);
    const abort = new AbortController();
    const connected = once(server, 'connection');
    const writing = failure(client.send(write, login.token, abort.signal));
    await connected;
    await once(sockets[0]!, 'data');
    const closed = once(sockets[0]!, 'close');
    abort.abort();
    await closed;
    expect((await writing).code).toBe('timeout');
  });

  it('a call that is aborted before it begins sends nothing', async () => {
    const { proxy, seen } = await stub();
    await failure(clientOf(proxy.url).send(write, login.token, AbortSignal.abort()));
    expect(seen).toEqual([]);
  });
});

row('TLS settings', () => {
  it('a certificate of another authority is refused, whatever VAULT_SKIP_VERIFY says', async () => {
    withEnvironment({ VAULT_SKIP_VERIFY: '1' });
    const server = await harness.server();
    const { ca, tls } = await authority(server);
    const front = await RecordingProxy.before(server.address, tls);
    cleanups.push(() => front.close());
    const error = await failure(clientOf(front.address).send(read, login.token, call().signal));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('name one by ca') });
    expect(front.seen).toEqual([]);
    expect((await clientOf(front.address, { ca }).send(read, login.token, call().signal)).status).toBe(403);
  });
});

row('error codes', () => {
  it.each([200, 201, 204, 400, 403, 404, 405, 412, 429, 472, 473, 500, 503])(
    'an answer of %d is a value with its status and what Vault said',
    async (status) => {
      const { proxy } = await stub();
      const body = status === 204 ? {} : { body: JSON.stringify({ errors: ['in Vault’s words'] }) };
      proxy.set({ status, ...body });
      const answer = await clientOf(proxy.url).send(write, login.token, call().signal);
      expect(answer).toEqual({ status, body: status === 204 ? undefined : { errors: ['in Vault’s words'] } });
    },
  );

  it('what the adapter throws shows neither token nor value, even where Vault says them back', async () => {
    const { proxy } = await stub();
    proxy.set((request) => vaultError(500, 'internal error')(request));
    const backend = await harness.openWith({ address: proxy.url, login });
    cleanups.push(() => backend.close());
    const path = SecretPath.of('main', 'company.team', 'k');
    const writing = backend.apply(
      { kind: 'put', path, value: new SecretValue(VALUE), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect(await failure(writing)).toMatchObject({ code: 'unavailable', details: { status: 500 } });
  });

  it('a failure without an answer keeps its code', async () => {
    const error = await failure(clientOf(UNUSED_ADDRESS).send(write, login.token, call().signal));
    expect(error).toMatchObject({ code: 'unavailable', details: { vendorCode: 'ECONNREFUSED' } });
  });

  it('an answer without end is not taken', async () => {
    const megabyte = `100000\r\n${' '.repeat(2 ** 20)}\r\n`;
    const { port, server } = await unansweringServer();
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => undefined);
      const more = (): void => {
        while (socket.writable && socket.write(megabyte));
      };
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        socket.on('drain', more);
        more();
      });
    });
    const error = await failure(clientOf(`http://127.0.0.1:${port}`).send(read, login.token, call().signal));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('larger than 64 MiB') });
  });
});

row('secrets in logs', () => {
  it('DEBUG=* prints neither paths, tokens nor values', async () => {
    const debug = createRequire(require.resolve('node-vault'))('debug') as {
      (name: string): (text: string) => void;
      enable(names: string): void;
      disable(): string;
      log(...texts: unknown[]): void;
    };
    const printed: string[] = [];
    const log = debug.log;
    debug.log = (...texts) => void printed.push(texts.join(' '));
    debug.enable('*');
    cleanups.push(() => {
      debug.disable();
      debug.log = log;
    });
    debug('node-vault')('the library would be heard');
    expect(printed).toEqual([expect.stringContaining('the library would be heard')]);
    const { proxy } = await stub();
    await clientOf(proxy.url).send(write, login.token, call().signal);
    expect(printed).toHaveLength(1);
  });
});

row('redirects', () => {
  const statuses = { followed: [307, 308], ignored: [301, 302, 303] } as const;

  it.each(statuses.followed)('%d leads to the active node, with method, body and token, once', async (status) => {
    const [standby, active] = [await stub(), await stub()];
    standby.proxy.set(({ path }) => ({ status, headers: { location: `${active.proxy.url}${path}` } }));
    const client = clientOf(standby.proxy.url);
    expect((await client.send(write, login.token, call().signal)).status).toBe(200);
    const [request] = active.seen;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/secret/data/k', headers: { 'x-vault-token': TOKEN } });
    expect(request?.body.toString()).toBe(JSON.stringify(write.body));
    active.proxy.set(({ path }) => ({ status, headers: { location: `${standby.proxy.url}${path}` } }));
    expect((await client.send(write, login.token, call().signal)).status).toBe(status);
  });

  it.each(statuses.ignored)('%d is not followed', async (status) => {
    const [gateway, elsewhere] = [await stub(), await stub()];
    gateway.proxy.set({ status, headers: { location: elsewhere.proxy.url } });
    expect((await clientOf(gateway.proxy.url).send(read, login.token, call().signal)).status).toBe(status);
    expect(elsewhere.seen).toEqual([]);
  });

  it('a token that came by https goes nowhere by http', async () => {
    const { ca, tls } = await authority(await harness.server());
    const [front, plain] = [await HttpProxy.to(UNUSED_ADDRESS, { tls }), await stub()];
    cleanups.push(() => front.close());
    front.set({ status: 307, headers: { location: plain.proxy.url } });
    expect((await clientOf(front.url, { ca }).send(read, login.token, call().signal)).status).toBe(307);
    expect(plain.seen).toEqual([]);
  });
});

row('token', () => {
  it('each call is sent with its own, and one without a token without any', async () => {
    const { proxy, seen } = await stub();
    const client = clientOf(proxy.url);
    const tokens = [TOKEN, undefined, 'another', TOKEN, undefined];
    for (const token of tokens) {
      await client.send(read, token === undefined ? undefined : new SecretValue(token), call().signal);
    }
    expect(seen.map(({ headers }) => headers['x-vault-token'])).toEqual(tokens);
  });

  it('what a login answers is not kept by the library', async () => {
    const { proxy, seen } = await stub();
    proxy.set((request) => {
      seen.push(request);
      return {
        status: 200,
        body: JSON.stringify({ auth: { client_token: TOKEN, lease_duration: 1, renewable: true } }),
      };
    });
    const client = clientOf(proxy.url);
    const asked = { method: 'POST', path: 'auth/userpass/login/u', body: { password: VALUE } } as const;
    await client.send(asked, undefined, call().signal);
    await client.send(asked, undefined, call().signal);
    expect(seen.map(({ headers }) => headers['x-vault-token'])).toEqual([undefined, undefined]);
  });
});

row('environment', () => {
  const variables = {
    VAULT_ADDR: UNUSED_ADDRESS,
    VAULT_TOKEN: 'stray-token',
    VAULT_PREFIX: '/stray-prefix',
    VAULT_NAMESPACE: 'stray-namespace',
    ...{ HTTP_PROXY: UNUSED_ADDRESS, HTTPS_PROXY: UNUSED_ADDRESS, ALL_PROXY: UNUSED_ADDRESS },
    ...{ http_proxy: UNUSED_ADDRESS, https_proxy: UNUSED_ADDRESS, all_proxy: UNUSED_ADDRESS },
  };

  it('no variable changes where a request goes and what it carries', async () => {
    withEnvironment({ ...variables, NO_PROXY: '', no_proxy: '' });
    expect(nodeVault().token).toBe('stray-token');
    const { proxy, seen } = await stub();
    await clientOf(proxy.url).send(read, undefined, call().signal);
    const [request] = seen;
    expect(request?.path).toBe('/v1/secret/data/k');
    expect(Object.keys(request?.headers ?? {})).toEqual(expect.not.arrayContaining(['x-vault-token']));
    expect(request?.headers['x-vault-namespace']).toBeUndefined();
  });

  it('a namespace that is configured is the one that is sent', async () => {
    withEnvironment(variables);
    const { proxy, seen } = await stub();
    await clientOf(proxy.url, { namespace: 'team-a' }).send(read, login.token, call().signal);
    expect(seen[0]?.headers).toMatchObject({ 'x-vault-namespace': 'team-a', 'x-vault-token': TOKEN });
  });
});

row('absence', () => {
  const health = SecretPath.of('main', 'sys', 'health');

  it('a refusal of the secret sys/health is a refusal', async () => {
    const { proxy } = await stub();
    proxy.set(vaultError(403, 'permission denied')({ method: 'GET', path: '/', headers: {}, body: Buffer.alloc(0) }));
    const client = clientOf(proxy.url);
    const answer = await client.send(
      { method: 'GET', path: 'secret/data/main/sys/health' },
      login.token,
      call().signal,
    );
    expect(answer.status).toBe(403);
  });

  it('the secret sys/health is absent until it is written', async () => {
    const backend = await harness.openWith({});
    cleanups.push(() => backend.close());
    expect(await backend.read(health, call())).toBeUndefined();
    await backend.apply(
      { kind: 'put', path: health, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect((await backend.read(health, call()))?.value.reveal()).toBe('v');
  });

  it.each(['a&#x2F;b', 'a&b', '<k>', '{{token}}', '"k"'])('the key %s is itself and no other', async (key) => {
    const backend = await harness.openWith({});
    cleanups.push(() => backend.close());
    await backend.apply(
      { kind: 'put', path: SecretPath.of('main', 'company', key), value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    const keys: string[] = [];
    for await (const page of backend.list({ tenant: 'main' }, call())) keys.push(...page.map(({ path }) => path.key));
    expect(keys).toEqual([key]);
  });
});

row('digits', () => {
  const FIELDS = '{"big":12345678901234567890,"negative":-9007199254740993,"price":1.10,"tiny":1e-400,"one":1}';
  const TIME = '2026-01-01T00:00:00Z';
  const path = SecretPath.of('main', 'company.team', 'numbers');
  /** A KV engine of version 2 that holds one version of one secret and takes each write. */
  const engine = async (data: string, version: string, next: string) => {
    const { proxy, seen } = await stub();
    proxy.set((request) => {
      if (request.path.startsWith('/v1/sys/'))
        return vaultError(403, 'preflight capability check returned 403')(request);
      if (request.path.startsWith('/v1/auth/')) return { status: 200, body: '{"data":{"ttl":0,"renewable":false}}' };
      seen.push(request);
      const versionJson = `"version":${request.method === 'POST' ? next : version},"created_time":"${TIME}"`;
      return {
        status: 200,
        body:
          request.method === 'POST'
            ? `{"data":{${versionJson}}}`
            : `{"data":{"data":${data},"metadata":{${versionJson}}}}`,
      };
    });
    const backend = await harness.openWith({ address: proxy.url, login }, '');
    cleanups.push(() => backend.close());
    return { backend, written: () => seen.at(-1)?.body.toString() ?? '' };
  };

  it('of a secret that others wrote are read, and kept by a change of its metadata', async () => {
    const { backend, written } = await engine(FIELDS, '1', '2');
    expect((await backend.read(path, call()))?.value.reveal()).toBe(FIELDS);
    await backend.apply({ kind: 'patch', path, metadata: { description: 'd' } }, { fence: fenceOf(1, 1n), ...call() });
    expect(written()).toContain(FIELDS.slice(0, -1));
  });

  it('are those of the answer of a real Vault, which keeps numbers as doubles', async () => {
    const server = await harness.server();
    const prefix = freshName();
    const place = `${harness.mount}/data/${prefix}/main/company/team/numbers`;
    await server.do('POST', place, { data: parseJson(FIELDS) });
    const { data } = (await server.do('GET', place))['data'] as { data: object };
    const backend = await harness.openWith({}, prefix);
    cleanups.push(() => backend.close());
    expect((await backend.read(path, call()))?.value.reveal()).toBe(exactJsonText(data));
  });

  it('of a version beyond 2^53 are read, compared and written', async () => {
    const [VERSION, NEXT] = ['9007199254740993', '9007199254740994'];
    const { backend, written } = await engine('{"value":"v"}', VERSION, NEXT);
    expect((await backend.read(path, call()))?.version).toBe(`${VERSION}@${TIME}`);
    const outcome = await backend.apply(
      { kind: 'put', path, value: new SecretValue('w'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect(outcome).toMatchObject({ outcome: 'applied', version: `${NEXT}@${TIME}` });
    expect(written()).toContain(`"options":{"cas":${VERSION}}`);
    expect(written()).toContain(`"version":${NEXT}`);
  });

  it('of the version in Coffer’s own field tell whose the version is', async () => {
    const VERSION = '9007199254740993';
    const own = `{"fence":"${fenceOf(1, 7n)}","prefix":"","path":"${path.toString()}","revision":3,"version":${VERSION}}`;
    const { backend } = await engine(`{"value":"v","coffer":${own}}`, VERSION, VERSION);
    expect((await backend.read(path, call()))?.fence).toBe(fenceOf(1, 7n));
    const { backend: changed } = await engine(`{"value":"v","coffer":${own}}`, '9007199254740992', VERSION);
    expect((await changed.read(path, call()))?.fence).toBeUndefined();
  });
});
