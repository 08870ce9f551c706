/** @servers moto */
import { join } from 'node:path';
import { ownerKeys, serviceEndpoint } from '@coffer/backend-aws-secrets-manager/testing';
import { api, startCoffer, type Api } from '../harness/index.js';

jest.setTimeout(360_000);

const EXAMPLES = join(__dirname, '../../../../docs/examples/two-instances');

const instance = async (name: 'production' | 'staging') => {
  const { accessKeyId, secretAccessKey } = ownerKeys();
  const coffer = await startCoffer({
    configFile: join(EXAMPLES, `${name}.yml`),
    env: {
      [`${name.toUpperCase()}_AWS_ACCESS_KEY_ID`]: accessKeyId,
      [`${name.toUpperCase()}_AWS_SECRET_ACCESS_KEY`]: secretAccessKey.reveal(),
      KESTRA_SECRET_AWS_SECRET_MANAGER_ENDPOINT_OVERRIDE: serviceEndpoint(),
    },
  });
  return { coffer, client: api(coffer.url, coffer.token) };
};

const listed = async (client: Api): Promise<string[]> =>
  (await client.list()).json<{ results: { key: string }[] }>().results.map(({ key }) => key);

it('two instances share one AWS account, each with its own secrets', async () => {
  const [production, staging] = await Promise.all([instance('production'), instance('staging')]);
  const both = [production, staging] as const;
  try {
    for (const [number, { client }] of both.entries()) {
      const value = { key: 'DB_PASSWORD', value: `of instance ${number}` };
      expect((await client.put('company.team', value)).status).toBe(200);
    }
    expect((await production.client.put('company.team', { key: 'ONLY_PRODUCTION', value: 'v' })).status).toBe(200);
    for (const [number, { client }] of both.entries()) {
      const { value } = (await client.value('company.team', 'DB_PASSWORD')).json();
      expect(value).toBe(`of instance ${number}`);
    }
    expect((await staging.client.value('company.team', 'ONLY_PRODUCTION')).status).toBe(404);
    expect(await listed(production.client)).toEqual(['DB_PASSWORD', 'ONLY_PRODUCTION']);
    expect(await listed(staging.client)).toEqual(['DB_PASSWORD']);
    expect((await staging.client.delete('company.team', 'DB_PASSWORD')).status).toBe(204);
    expect((await production.client.value('company.team', 'DB_PASSWORD')).json()['value']).toBe('of instance 0');
    expect(await listed(staging.client)).toEqual([]);
  } finally {
    for (const { client, coffer } of both) {
      for (const key of await listed(client)) await client.delete('company.team', key);
      await coffer.stop();
    }
  }
});
