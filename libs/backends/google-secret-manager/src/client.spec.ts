import type { Resource } from './layout.js';
import { SecretsApi } from './client.js';
import type { Service } from './connection.js';

/** A service of one secret, whose client tells an etag or none. */
const serviceWith = (etag: string) => {
  const secret = { name: 's', etag, annotations: { fence: '1' } as Record<string, string> };
  const sent: string[] = [];
  const answering = (method: string) => async () => {
    sent.push(method);
    return [structuredClone(secret)];
  };
  const client = {
    getSecret: answering('get'),
    updateSecret: answering('update'),
    deleteSecret: answering('delete'),
  };
  const service = { call: (work: (client: unknown, options: object) => unknown) => work(client, {}) };
  return { api: new SecretsApi(service as unknown as Service), secret, sent };
};
const call = { signal: AbortSignal.timeout(10_000) };
const changes: [string, (api: SecretsApi, secret: Resource) => Promise<unknown>][] = [
  ['update', (api, secret) => api.updateSecret(secret, { annotations: {} }, call)],
  ['delete', (api, secret) => api.deleteSecret(secret, call)],
];

describe.each(changes)('to %s', (method, change) => {
  it('asks once where the service can refuse a late change', async () => {
    const { api, sent } = serviceWith('etag');
    await change(api, await api.getSecret('s', call));
    expect(sent).toEqual(['get', method]);
    expect(api.etags).toBe(true);
  });

  it('looks once more where the service tells no etags, and that is told', async () => {
    const { api, secret, sent } = serviceWith('');
    const seen = await api.getSecret('s', call);
    await change(api, seen);
    expect(sent).toEqual(['get', 'get', method]);
    expect(api.etags).toBe(false);
    secret.annotations = { fence: '2' };
    await expect(change(api, seen)).rejects.toMatchObject({ status: 10 });
    expect(sent).toEqual(['get', 'get', method, 'get']);
  });
});
