import { readFileSync } from 'node:fs';
import { api } from '../../harness/index.js';
import { exampleFile, yamlExample } from '../../vault-clients/guide-examples.js';
import { putSecret } from '../../vault-clients/put-secret.js';
import type { VaultTarget } from '../../vault-clients/target.js';

interface Workflow {
  readonly jobs: {
    readonly deploy: { readonly steps: readonly [{ readonly with: Readonly<Record<string, string>> }] };
  };
}

interface Answer {
  readonly auth: { readonly client_token: string };
  readonly data: { readonly data: Readonly<Record<string, string>>; readonly metadata: { readonly version: number } };
}

/** What only Coffer has: both of its APIs, its tenants, and jobs whose tokens it takes. */
export const cofferTests = (targetOf: () => VaultTarget): void => {
  const call = async (
    method: string,
    path: string,
    { body, headers = {} }: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<{ readonly status: number; readonly answer: Answer }> => {
    const response = await fetch(`${targetOf().address}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, answer: (text === '' ? {} : JSON.parse(text)) as Answer };
  };

  it('a secret is the same by both APIs', async () => {
    const target = targetOf();
    const coffer = api(target.address, target.token);
    const headers = { 'x-vault-token': target.token };
    expect((await coffer.put('company.both', { key: 'TEXT', value: 'plain' })).status).toBe(200);
    const { answer } = await call('GET', 'secret/data/company/both/TEXT', { headers });
    expect(answer.data).toMatchObject({ data: { value: 'plain' }, metadata: { version: 1 } });
    await putSecret(target, 'company/both/FIELDS', { user: 'app', port: 5432 });
    const fields = (await coffer.value('company.both', 'FIELDS')).json<{ value: string }>();
    expect(JSON.parse(fields.value)).toEqual({ user: 'app', port: 5432 });
    expect((await coffer.value('company.both', 'FIELDS', 'subkey=user')).json()['value']).toBe('app');
    await putSecret(target, 'company/both/TEXT', { value: 'changed' });
    expect((await coffer.value('company.both', 'TEXT')).json()['value']).toBe('changed');
  });

  it('X-Vault-Namespace is the tenant, and an empty one is none', async () => {
    const { token } = targetOf();
    const path = 'secret/data/company/tenants/KEY';
    const inTenant = (tenant: string) => ({ 'x-vault-token': token, 'x-vault-namespace': tenant });
    const written = await call('POST', path, { headers: inTenant('other'), body: { data: { value: 'of other' } } });
    expect(written.status).toBe(200);
    expect((await call('GET', path, { headers: inTenant('') })).status).toBe(404);
    const { answer } = await call('GET', path, { headers: inTenant('other/') });
    expect(answer.data.data).toEqual({ value: 'of other' });
  });

  /** As src/auth.js, src/action.js and src/secrets.js of github.com/hashicorp/vault-action do it. */
  it('a job of GitHub has the secrets of its workflow', async () => {
    const target = targetOf();
    await putSecret(target, 'company/team/DB', { user: 'app', password: 'of the job' });
    await putSecret(target, 'company/other/DB', { user: 'app' });
    const inputs = yamlExample<Workflow>('ci', 'github-actions.yml').jobs.deploy.steps[0].with;
    const none = { 'x-vault-namespace': '' };
    const login = await call('POST', `auth/${inputs['method']}/login`, {
      headers: none,
      body: { jwt: target.jobs?.github, role: inputs['role'] },
    });
    expect(login.status).toBe(200);
    const headers = { ...none, 'x-vault-token': login.answer.auth.client_token };
    const values: Record<string, unknown> = {};
    for (const line of (inputs['secrets'] ?? '').split(';')) {
      const [, path = '', field = '', name = ''] = /(\S+)\s+(\S+)\s*\|\s*(\S+)/.exec(line) ?? [];
      values[name] = (await call('GET', path, { headers })).answer.data.data[field];
    }
    expect(values).toEqual({ DB_USER: 'app', DB_PASSWORD: 'of the job' });
    expect((await call('GET', 'secret/data/company/other/DB', { headers })).status).toBe(403);
    const forged = { jwt: `${target.jobs?.github.slice(0, -8) ?? ''}AAAAAAAA`, role: inputs['role'] };
    expect((await call('POST', 'auth/jwt/login', { headers: none, body: forged })).status).toBeGreaterThanOrEqual(400);
  });

  /** As internal/provider/meta.go and vault/data_source_kv_secret_v2.go of github.com/hashicorp/terraform-provider-vault do it. */
  it('Terraform reads what its configuration names', async () => {
    const target = targetOf();
    const text = readFileSync(exampleFile('terraform', 'main.tf'), 'utf8');
    expect(text).toContain('skip_child_token = true');
    const setting = (name: string): string => new RegExp(`${name}\\s*=\\s*"([^"]*)"`).exec(text)?.[1] ?? '';
    await putSecret(target, setting('name'), { user: 'app', password: 'of Terraform' });
    const headers = { 'x-vault-token': target.readerToken };
    expect((await call('GET', 'auth/token/lookup-self', { headers })).status).toBe(200);
    expect((await call('GET', 'sys/seal-status', { headers })).answer).toMatchObject({
      version: expect.any(String) as string,
    });
    const { answer } = await call('GET', `${setting('mount')}/data/${setting('name')}`, { headers });
    expect(answer.data.data).toEqual({ user: 'app', password: 'of Terraform' });
    expect(answer.data.metadata).toMatchObject({ created_time: expect.any(String) as string, destroyed: false });
  });
};
