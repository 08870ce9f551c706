import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaksOf } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf, type ErrorCode } from '@coffer/secrets';
import type { VaultLogin } from './connection.js';
import { at } from './json.js';
import { openVaultBackend } from './index.js';
import { vaultHarness } from './testing/index.js';
import { ServiceAccountKeys } from './testing/keys.js';
import type { VaultServer } from './testing/vault-server.js';
import { RecordingProxy } from './testing/recording-proxy.js';

const harness = vaultHarness();
const path = SecretPath.of('main', 'company.team', 'k');
const call = (milliseconds = 20_000) => ({ signal: AbortSignal.timeout(milliseconds) });
const writable = new SecretValue('x');

let server: VaultServer;
let watched: RecordingProxy;
let undo: (() => Promise<unknown>)[];
let canaries: string[];
let offset = 0n;

beforeAll(async () => {
  server = await harness.server();
}, 60_000);
afterAll(() => harness.close());
beforeEach(async () => {
  watched = await RecordingProxy.before(server.address);
  undo = [() => watched.close()];
  canaries = [];
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

const open = (login: VaultLogin, namespace?: string): Backend => {
  const connection = { address: watched.address, login, ...(namespace === undefined ? {} : { namespace }) };
  const backend = openVaultBackend({ connection, rootEngine: harness.mount, prefix: randomUUID() });
  undo.push(() => backend.close());
  return backend;
};
const codeOf = async (calling: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
  calling.then(
    () => 'ok' as const,
    (error: unknown) => {
      expect(leaksOf(error, canaries)).toEqual([]);
      if (CofferError.is(error)) return error.code;
      throw error;
    },
  );
/** Reads and writes all the while; every call has to succeed. */
const working = async (backend: Backend, until: () => boolean | Promise<boolean>): Promise<void> => {
  const limit = AbortSignal.timeout(120_000);
  while (!(await until())) {
    limit.throwIfAborted();
    offset += 1n;
    expect(
      await codeOf(
        backend.apply(
          { kind: 'put', path, value: writable, metadata: { tags: [] } },
          { fence: fenceOf(1, offset), ...call() },
        ),
      ),
    ).toBe('ok');
    expect((await backend.read(path, call()))?.value.reveal()).toBe('x');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const tokenIn = (answer: unknown): string => String(at(answer, 'auth', 'client_token'));
const isDead = async (token: string): Promise<boolean> =>
  (await server.ask('GET', 'auth/token/lookup-self', undefined, token)).status === 403;
/** Tokens that reads and writes were sent with. */
const tokensUsed = (): string[] => [
  ...new Set(
    watched.seen
      .filter((request) => request.path.includes('/data/'))
      .map(({ headers }) => String(headers['x-vault-token'])),
  ),
];
/** Requests that were sent again with another token: a round of `working` is two reads and a write. */
const repeated = (): number => {
  const methods = watched.seen.filter((request) => request.path.includes('/data/')).map(({ method }) => method);
  const writes = methods.filter((method) => method === 'POST').length;
  return methods.length - 3 * writes;
};

const user = async (settings: object): Promise<VaultLogin> => {
  const name = `coffer-test-${randomUUID()}`;
  const password = `pa"ss w@rd/${randomUUID()}`;
  canaries.push(password);
  const fields = { password, token_policies: [harness.mount], ...settings };
  await server.do('POST', `auth/userpass/users/${name}`, fields);
  undo.push(() => server.do('DELETE', `auth/userpass/users/${name}`));
  return { method: 'userpass', user: name, password: new SecretValue(password) };
};
const token = async (settings: object): Promise<VaultLogin & { method: 'token' }> => {
  const made = tokenIn(await server.do('POST', 'auth/token/create', { policies: [harness.mount], ...settings }));
  canaries.push(made);
  return { method: 'token', token: new SecretValue(made) };
};
const enable = async (type: string): Promise<string> => {
  const mounted = `coffer-test-${randomUUID()}/${type}`;
  await server.enableLogin(type, mounted);
  undo.push(() => server.do('DELETE', `sys/auth/${mounted}`));
  return mounted;
};
const role = async (settings: object = {}) => {
  const mounted = await enable('approle');
  await server.do('POST', `auth/${mounted}/role/coffer`, { token_policies: [harness.mount], ...settings });
  const roleId = String(at(await server.do('GET', `auth/${mounted}/role/coffer/role-id`), 'data', 'role_id'));
  const secretId = async (): Promise<string> => {
    const made = await server.do('POST', `auth/${mounted}/role/coffer/secret-id`, {});
    const text = String(at(made, 'data', 'secret_id'));
    canaries.push(text);
    return text;
  };
  const destroy = (id: string) => server.do('POST', `auth/${mounted}/role/coffer/secret-id/destroy`, { secret_id: id });
  const login = (id: string): VaultLogin => ({
    method: 'approle',
    path: mounted,
    roleId,
    secretId: new SecretValue(id),
  });
  return { secretId, destroy, login };
};
const podToken = () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-vault-'));
  undo.push(async () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  return { file, write: (text: string) => writeFileSync(file, `${text}\n`) };
};
/** A server's method that takes what Kubernetes gives a pod; the request is the same for `jwt` and `kubernetes`. */
const cluster = async () => {
  const keys = new ServiceAccountKeys();
  const mounted = await enable('jwt');
  await server.do('POST', `auth/${mounted}/config`, {
    jwt_validation_pubkeys: [keys.publicKey],
    bound_issuer: 'cluster',
  });
  await server.do('POST', `auth/${mounted}/role/coffer`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['vault'],
    bound_subject: 'system:serviceaccount:apps:coffer',
    token_policies: [harness.mount],
  });
  const account = (harness = 'system:serviceaccount:apps:coffer'): string => {
    const jwt = keys.token(harness, 'vault');
    canaries.push(jwt);
    return jwt;
  };
  return { mounted, account };
};

describe('each way to log in', () => {
  const ways: Record<string, () => Promise<VaultLogin>> = {
    password: () => user({}),
    token: () => token({}),
    appRole: async () => {
      const { login, secretId } = await role();
      return login(await secretId());
    },
    kubernetes: async () => {
      const { mounted, account } = await cluster();
      const pod = podToken();
      pod.write(account());
      return { method: 'kubernetes', path: mounted, role: 'coffer', tokenFile: pod.file };
    },
  };

  it.each(Object.entries(ways))('%s serves, and sends the namespace with every call', async (_, make) => {
    // The operator's part goes past the proxy.
    const backend = open(await make(), 'admin/team');
    await working(backend, () => watched.count('/k') >= 6);
    await backend.check(call());
    await backend.close();
    expect(watched.seen.length).toBeGreaterThan(4);
    const without = watched.seen.filter(({ headers }) => headers['x-vault-namespace'] !== 'admin/team');
    expect(without.map((request) => request.path)).toEqual([]);
  });

  it('sends no namespace where none is configured, and never a token with a login', async () => {
    await open(await user({})).check(call());
    expect(watched.seen.some(({ headers }) => 'x-vault-namespace' in headers)).toBe(false);
    const logins = watched.seen.filter((request) => request.path.includes('/login/'));
    expect(logins.map(({ headers }) => headers['x-vault-token'])).toEqual([undefined]);
  });

  it('shares one login among calls, and gives its token back at the end', async () => {
    const login = await user({});
    const backend = open(login);
    const codes = await Promise.all(Array.from({ length: 40 }, () => codeOf(backend.read(path, call()))));
    expect(new Set(codes)).toEqual(new Set(['ok']));
    expect(watched.seen.filter((request) => request.path.includes('/login/'))).toHaveLength(1);
    const [used] = tokensUsed();
    expect(await isDead(used!)).toBe(false);
    await backend.close();
    expect(await isDead(used!)).toBe(true);
  });

  it('does not give a token back that it was given', async () => {
    const login = await token({});
    const backend = open(login);
    await backend.check(call());
    await backend.close();
    expect(await isDead(login.token.reveal())).toBe(false);
  });
});

describe('credentials that Vault refuses', () => {
  const wrong: Record<string, () => Promise<VaultLogin>> = {
    password: async () => ({ ...(await user({})), password: new SecretValue('wrong') }) as VaultLogin,
    token: async () => ({ method: 'token', token: new SecretValue('hvs.nonsense') }),
    appRole: async () => (await role()).login('11111111-2222-3333-4444-555555555555'),
    'kubernetes, of another account': async () => {
      const { mounted, account } = await cluster();
      const pod = podToken();
      pod.write(account('system:serviceaccount:apps:other'));
      return { method: 'kubernetes', path: mounted, role: 'coffer', tokenFile: pod.file };
    },
    'kubernetes, without a file': async () => ({
      method: 'kubernetes',
      path: 'kubernetes',
      role: 'coffer',
      tokenFile: join(tmpdir(), randomUUID()),
    }),
    'a method that is not enabled': async () => ({
      method: 'approle',
      path: randomUUID(),
      roleId: 'r',
      secretId: new SecretValue('s'),
    }),
  };

  it.each(Object.entries(wrong))('%s: unauthenticated', async (_, make) => {
    const backend = open(await make());
    expect(await codeOf(backend.check(call()))).toBe('unauthenticated');
    expect(await codeOf(backend.read(path, call()))).toBe('unauthenticated');
  });

  it('are not tried again with each call, for Vault locks users out', async () => {
    const backend = open({ ...(await user({})), password: new SecretValue('wrong') } as VaultLogin);
    for (let round = 0; round < 40; round += 1) {
      expect(await codeOf(backend.read(path, call()))).toBe('unauthenticated');
    }
    expect(watched.seen.filter((request) => request.path.includes('/login/')).length).toBeLessThan(4);
  });

  it('are tried again after a while', async () => {
    const login = await user({});
    const backend = open(login);
    watched.set((request) => (request.path.includes('/login/') ? { status: 403 } : 'pass'));
    expect(await codeOf(backend.check(call()))).toBe('unauthenticated');
    watched.set('pass');
    const limit = AbortSignal.timeout(20_000);
    while ((await codeOf(backend.check(call()))) !== 'ok') {
      limit.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, 30_000);
});

describe('a token', () => {
  it.each([
    ['of a login', () => user({ token_ttl: '6s', token_max_ttl: '1h' })],
    ['that was given', () => token({ ttl: '6s', renewable: true })],
  ])('%s is renewed before it expires', async (_, make) => {
    const backend = open(await make());
    await working(backend, () => watched.count('/renew-self') >= 2);
    expect(tokensUsed()).toHaveLength(1);
    expect(repeated()).toBe(0);
    expect(watched.seen.filter((request) => request.path.includes('/login/')).length).toBeLessThan(2);
  });

  it.each([
    ['can be renewed no further', { token_ttl: '6s', token_max_ttl: '10s' }],
    ['cannot be renewed at all', { token_ttl: '6s', token_type: 'batch' }],
  ])('that %s is replaced before it expires', async (_, settings) => {
    const backend = open(await user(settings));
    await working(backend, () => tokensUsed().length >= 3);
    expect(repeated()).toBe(0);
  });

  it('that expired while the process slept is replaced by the call that finds out', async () => {
    const backend = open(await user({ token_ttl: '1s', token_max_ttl: '1s' }));
    await backend.check(call());
    const used = String(watched.seen.at(-1)?.headers['x-vault-token']);
    const limit = AbortSignal.timeout(20_000);
    while (!(await isDead(used))) limit.throwIfAborted();
    expect(await codeOf(backend.check(call()))).toBe('ok');
    expect(String(watched.seen.at(-1)?.headers['x-vault-token'])).not.toBe(used);
  }, 30_000);

  it('that was revoked is replaced once for all calls that find out, and their writes apply', async () => {
    const backend = open(await user({}));
    await backend.check(call());
    await server.do('POST', 'auth/token/revoke', { token: watched.seen.at(-1)?.headers['x-vault-token'] });
    const writes = Array.from({ length: 10 }, (_, n) =>
      backend.apply(
        { kind: 'put', path: SecretPath.of('main', 'company', `k${n}`), value: writable, metadata: { tags: [] } },
        { fence: fenceOf(1, BigInt(n + 1)), ...call() },
      ),
    );
    expect((await Promise.all(writes)).map(({ outcome }) => outcome)).toEqual(Array(10).fill('applied'));
    expect(watched.seen.filter((request) => request.path.includes('/login/'))).toHaveLength(2);
  });

  it('that was given and is revoked makes calls unauthenticated', async () => {
    const login = await token({});
    const backend = open(login);
    expect(await codeOf(backend.read(path, call()))).toBe('ok');
    await server.do('POST', 'auth/token/revoke', { token: login.token.reveal() });
    expect(await codeOf(backend.read(path, call()))).toBe('unauthenticated');
    expect(await codeOf(backend.check(call()))).toBe('unauthenticated');
  });

  it('of few uses is replaced when they are used up', async () => {
    const backend = open(await user({ token_num_uses: 5 }));
    await working(backend, () => tokensUsed().length >= 3);
  }, 30_000);

  it.each([
    ['default policies', {}],
    ['no policy at all', { no_default_policy: true }],
  ])('with %s is denied, not unauthenticated', async (_, settings) => {
    const backend = open(await token({ policies: ['coffer-test-none'], ...settings }));
    expect(await codeOf(backend.read(path, call()))).toBe('denied');
    expect(await codeOf(backend.check(call()))).toBe('denied');
  });

  it('of a login without any policy is denied, and denied without logging in each time', async () => {
    const backend = open(await user({ token_policies: ['coffer-test-none'], token_no_default_policy: true }));
    for (let round = 0; round < 10; round += 1) expect(await codeOf(backend.read(path, call()))).toBe('denied');
    expect(watched.seen.filter((request) => request.path.includes('/login/')).length).toBeLessThan(3);
  });
});

describe('an AppRole whose secret id is rotated', () => {
  it('serves on the old one’s token, refuses the old one afterwards, and takes the new one', async () => {
    const { login, secretId, destroy } = await role({ token_ttl: '3s', token_max_ttl: '1h' });
    const old = await secretId();
    const backend = open(login(old));
    await backend.check(call());
    await destroy(old);
    const renewals = watched.count('/renew-self');
    await working(backend, () => watched.count('/renew-self') >= renewals + 2);

    await server.do('POST', 'auth/token/revoke', { token: tokensUsed().at(-1) });
    expect(await codeOf(backend.read(path, call()))).toBe('unauthenticated');

    const renewed = open(login(await secretId()));
    expect(await codeOf(renewed.check(call()))).toBe('ok');
  }, 60_000);
});

describe('a pod whose account’s token is replaced', () => {
  it('logs in with the new one', async () => {
    const { mounted, account } = await cluster();
    const pod = podToken();
    pod.write(account());
    const backend = open({ method: 'kubernetes', path: mounted, role: 'coffer', tokenFile: pod.file });
    await backend.check(call());
    await server.do('POST', 'auth/token/revoke', { token: watched.seen.at(-1)?.headers['x-vault-token'] });
    const next = account();
    pod.write(next);
    expect(await codeOf(backend.check(call()))).toBe('ok');
    const logins = watched.seen.filter((request) => request.path.endsWith('/login'));
    expect(JSON.parse(logins.at(-1)!.body.toString())).toEqual({ role: 'coffer', jwt: next });
  });
});
