import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { openAzureKeyVaultBackend } from './open-azure-key-vault-backend.js';

const token = { getToken: () => Promise.resolve({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };

it('goes by the proxy that the environment names, but for what NO_PROXY names', async () => {
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
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const check = async (keyVaultUri: string): Promise<void> => {
    const backend = openAzureKeyVaultBackend({ keyVaultUri, credentials: { token } });
    await expect(backend.check({ signal: AbortSignal.timeout(20_000) })).rejects.toMatchObject({ code: 'unavailable' });
    await backend.close();
  };
  try {
    process.env = { ...env, HTTPS_PROXY, NO_PROXY: '127.0.0.1' };
    await check('https://team-a.vault.azure.net');
    expect(asked).toEqual(['CONNECT team-a.vault.azure.net:443 HTTP/1.1']);
    await check('https://127.0.0.1:1');
    expect(asked).toHaveLength(1);
  } finally {
    process.env = env;
    proxy.close();
  }
});
