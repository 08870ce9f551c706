import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { at } from './json.js';
import { openVaultBackend } from './index.js';
import { vaultHarness } from './testing/index.js';
import { freshName, type VaultServer } from './testing/vault-server.js';

const PAGE = join(__dirname, '../../../../docs/backends/vault-kv2.md');
const harness = vaultHarness();
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const path = SecretPath.of('main', 'company.team', 'k');

/** The policy as the page shows it, for the engine of this run. */
const published = (): string => {
  const policy = /```hcl\n(.*?)```/s.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? '';
  return policy.replaceAll('"secret/', `"${harness.mount}/`);
};
const capabilities = [...published().matchAll(/"(create|read|update|list)"/g)].map(([, name]) => name!);

let server: VaultServer;
beforeAll(async () => {
  server = await harness.server();
}, 60_000);
afterAll(() => harness.close());

/** Runs with a token that has this policy and no other. */
const under = async <T>(policy: string, run: (backend: Backend) => Promise<T>): Promise<T> => {
  const name = freshName();
  await server.makePolicy(name, policy);
  const made = await server.do('POST', 'auth/token/create', { policies: [name], no_default_policy: true });
  const token = new SecretValue(String(at(made, 'auth', 'client_token')));
  const connection = { address: server.address, login: { method: 'token', token } } as const;
  const backend = openVaultBackend({ connection, rootEngine: harness.mount, prefix: 'app1' });
  try {
    return await run(backend);
  } finally {
    await backend.close();
    await server.do('DELETE', `sys/policies/acl/${name}`);
    await server.do('DELETE', `${harness.mount}/metadata/app1/main/company/team/k`);
  }
};

/** Everything that an instance ever does. */
const life = async (backend: Backend): Promise<string> => {
  await backend.check(call());
  await backend.apply(
    { kind: 'put', path, value: new SecretValue('one'), metadata: { tags: [] } },
    { fence: fenceOf(1, 1n), ...call() },
  );
  await backend.apply({ kind: 'patch', path, metadata: { description: 'd' } }, { fence: fenceOf(1, 2n), ...call() });
  const stored = await backend.read(path, call());
  const listed: string[] = [];
  for await (const page of backend.list({ tenant: 'main' }, call()))
    listed.push(...page.map((entry) => entry.path.key));
  await backend.apply({ kind: 'delete', path }, { fence: fenceOf(1, 3n), ...call() });
  await backend.apply(
    { kind: 'put', path, value: new SecretValue('two'), metadata: { tags: [] } },
    { fence: fenceOf(1, 4n), ...call() },
  );
  return `${stored?.value.reveal()} ${stored?.metadata.description} ${listed.join()}`;
};

describe('the policy of the page', () => {
  it('is enough', async () => {
    expect(capabilities).toEqual(['create', 'read', 'update', 'list']);
    expect(await under(published(), life)).toBe('one d k');
  });

  it.each(capabilities)('is not enough without %s', async (capability) => {
    const less = published().replace(new RegExp(`"${capability}",? ?`), '');
    const error = await under(less, life).catch((thrown: unknown) => thrown);
    expect(CofferError.is(error, 'denied')).toBe(true);
  });

  it('gives nothing of a neighbour’s', async () => {
    const connection = await harness.connection();
    const neighbour = openVaultBackend({ connection, rootEngine: harness.mount, prefix: 'app2' });
    await neighbour.apply(
      { kind: 'put', path, value: new SecretValue('theirs'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    const name = freshName();
    await server.makePolicy(name, published());
    const made = await server.do('POST', 'auth/token/create', { policies: [name] });
    const token = new SecretValue(String(at(made, 'auth', 'client_token')));
    const login = { method: 'token', token } as const;
    const intruder = openVaultBackend({
      connection: { ...connection, login },
      rootEngine: harness.mount,
      prefix: 'app2',
    });
    await expect(intruder.read(path, call())).rejects.toMatchObject({ code: 'denied' });
    await Promise.all([neighbour.close(), intruder.close()]);
    await server.do('DELETE', `sys/policies/acl/${name}`);
  });
});
