import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpProxy, type HttpRequest } from '@coffer/backend-conformance';
import { loadConfiguration, type VaultStore } from '@coffer/config';
import { SecretPath } from '@coffer/secrets';
import { open } from './open.js';

const EXAMPLE = readFileSync(join(__dirname, '../../../../docs/examples/vault.yml'), 'utf8');
const call = () => ({ signal: AbortSignal.timeout(10_000) });

const storeOf = (text: string, env: Record<string, string> = {}): VaultStore => {
  const readFile = (): string => text;
  const { secret } = loadConfiguration({ argv: ['--config', 'coffer.yml'], env, cwd: '/etc/coffer', readFile });
  if (secret?.type !== 'vault') throw new Error('no vault');
  return secret;
};

describe('a vault store', () => {
  let proxy: HttpProxy;
  let seen: HttpRequest[];
  beforeEach(async () => {
    seen = [];
    proxy = await HttpProxy.to('http://127.0.0.1:9');
    const json = (status: number, body: object) => ({ status, body: JSON.stringify(body) });
    proxy.set((request) => {
      seen.push(request);
      if (request.path.includes('/login')) return json(200, { auth: { client_token: 'hvs.t', lease_duration: 0 } });
      if (!request.path.startsWith('/v1/sys/')) return json(404, { errors: [] });
      return json(200, { data: { type: 'kv', path: 'team/kv/', options: { version: '2' } } });
    });
  });
  afterEach(() => proxy.close());

  it.each([
    ['a page of HTML', '<html>canary</html>'],
    ['nothing', ''],
    ['a list', '[1]'],
    ['another object', '{"canary": 1}'],
  ])('takes %s for no refusal of its credentials', async (_what, body) => {
    proxy.set(() => ({ status: 200, body }));
    const text = `kestra: {secret: {type: vault, vault: {address: '${proxy.url}', app-role: {role-id: r, secret-id: s}}}}`;
    const backend = open(storeOf(text));
    await expect(backend.read(SecretPath.of('main', 'company', 'k'), call())).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Vault: the answer is not one of Vault’s (200)',
    });
    await backend.close();
  });

  it('opens from the example', async () => {
    const env = { COFFER_VAULT_ROLE_ID: 'role', COFFER_VAULT_SECRET_ID: 'secret-id' };
    const store = storeOf(EXAMPLE, env);
    expect(store).toMatchObject({ rootEngine: 'secret', secretPathPrefix: 'app1', appRole: { roleId: 'role' } });
    const backend = open(store);
    expect(backend.capabilities.store).toBe('Vault');
    await backend.close();
  });

  it.each([
    ['password', '{user: a/b, password: p}', '/v1/auth/userpass/login/a%2Fb', { password: 'p' }],
    ['token', '{token: hvs.t}', undefined, {}],
    ['app-role', '{role-id: r, secret-id: s}', '/v1/auth/approle/login', { role_id: 'r', secret_id: 's' }],
    ['app-role', '{path: x/y, role-id: r, secret-id: s}', '/v1/auth/x/y/login', { role_id: 'r', secret_id: 's' }],
  ])('logs in by %s %s', async (way, settings, login, body) => {
    const store = storeOf(`
kestra:
  secret:
    type: vault
    vault:
      address: ${proxy.url}/
      ${way}: ${settings}
      namespace: admin
      root-engine: /team/kv/
      secret-path-prefix: app1
`);
    const backend = open(store);
    expect(await backend.read(SecretPath.of('main', 'a.b', 'k'), call())).toBeUndefined();
    await backend.close();
    const logins = seen.filter(({ path }) => path.includes('/login'));
    expect(logins.map(({ path }) => path)).toEqual(login === undefined ? [] : [login]);
    for (const { body: sent } of logins) expect(JSON.parse(sent.toString())).toEqual(body);
    expect(seen.map(({ path }) => path)).toContain('/v1/team/kv/data/app1/main/a/b/k');
    expect(new Set(seen.map(({ headers }) => headers['x-vault-namespace']))).toEqual(new Set(['admin']));
  });

  it('logs in by kubernetes with the pod’s own token, which is not there', async () => {
    const store = storeOf(`
kestra:
  secret:
    type: vault
    vault: {address: "${proxy.url}", kubernetes: {role: coffer}}
`);
    const backend = open(store);
    await expect(backend.check(call())).rejects.toMatchObject({ code: 'unauthenticated' });
    await backend.close();
    expect(seen).toEqual([]);
  });
});
