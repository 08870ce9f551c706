import { RefusingProxy } from '@coffer/backend-conformance/faults';
import { SecretValue } from '@coffer/secrets';
import { openAwsSecretsManagerBackend } from './open.js';

const keys = { accessKeyId: 'AKIA', secretAccessKey: new SecretValue('secret') };
const role = { arn: 'arn:aws:iam::123456789012:role/coffer', sessionDuration: 900_000 };

describe('a proxy that the environment names', () => {
  const { env } = process;
  let proxy: RefusingProxy;
  beforeAll(async () => {
    proxy = await RefusingProxy.open();
  });
  beforeEach(() => {
    process.env = { ...env, HTTPS_PROXY: proxy.url, NO_PROXY: '' };
  });
  afterEach(() => {
    process.env = env;
    proxy.asked.splice(0);
  });
  afterAll(() => proxy.close());

  const check = async (options: object): Promise<unknown> => {
    const backend = openAwsSecretsManagerBackend({ region: 'eu-west-1', prefix: 'kestra', keys, ...options });
    const answer = await backend.check({ signal: AbortSignal.timeout(20_000) }).catch((error: unknown) => error);
    await backend.close();
    return answer;
  };

  it('is used for the service', async () => {
    expect(await check({})).toMatchObject({ code: 'unavailable' });
    expect(proxy.asked).toEqual(['CONNECT secretsmanager.eu-west-1.amazonaws.com:443 HTTP/1.1']);
  });

  it('and for STS', async () => {
    await check({ role });
    expect(proxy.asked).toEqual(['CONNECT sts.eu-west-1.amazonaws.com:443 HTTP/1.1']);
  });

  it('but not for what NO_PROXY names', async () => {
    process.env['NO_PROXY'] = '127.0.0.1';
    await check({ endpoint: 'https://127.0.0.1:1' });
    expect(proxy.asked).toEqual([]);
  });
});
