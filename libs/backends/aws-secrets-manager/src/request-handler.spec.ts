import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { SecretValue } from '@coffer/secrets';
import { openAwsSecretsManagerBackend } from './open-aws-secrets-manager.js';

const keys = { accessKeyId: 'AKIA', secretAccessKey: new SecretValue('secret') };
const role = { arn: 'arn:aws:iam::123456789012:role/coffer', sessionDuration: 900_000 };

describe('a proxy that the environment names', () => {
  const { env } = process;
  const asked: string[] = [];
  /** Refuses whatever it is asked for. */
  const proxy = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      asked.push(bytes.toString('latin1').split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    });
  });
  beforeAll(async () => {
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });
  beforeEach(() => {
    process.env = { ...env, HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, NO_PROXY: '' };
  });
  afterEach(() => {
    process.env = env;
    asked.splice(0);
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
    expect(asked).toEqual(['CONNECT secretsmanager.eu-west-1.amazonaws.com:443 HTTP/1.1']);
  });

  it('and for STS', async () => {
    await check({ role });
    expect(asked).toEqual(['CONNECT sts.eu-west-1.amazonaws.com:443 HTTP/1.1']);
  });

  it('but not for what NO_PROXY names', async () => {
    process.env['NO_PROXY'] = '127.0.0.1';
    await check({ endpoint: 'https://127.0.0.1:1' });
    expect(asked).toEqual([]);
  });
});
