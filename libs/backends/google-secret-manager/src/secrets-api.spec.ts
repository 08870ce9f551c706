import { SecretsApi } from './secrets-api.js';
import type { Service } from './service.js';

it('changes nothing where the service tells no etags', async () => {
  let calls = 0;
  const service = { call: async () => [{ name: 's', etag: '', calls: (calls += 1) }] } as unknown as Service;
  const api = new SecretsApi(service);
  const call = { signal: AbortSignal.timeout(10_000) };
  const secret = await api.getSecret('s', call);
  const refusal = { error: { code: 'conflict', message: expect.stringContaining('no etag') } };
  await expect(api.updateSecret(secret, { annotations: {} }, call)).rejects.toMatchObject(refusal);
  await expect(api.deleteSecret(secret, call)).rejects.toMatchObject(refusal);
  expect(calls).toBe(1);
});
