import { RefusingProxy } from '@coffer/backend-conformance/faults';
import { openAzureKeyVaultBackend } from './open.js';

const token = { getToken: () => Promise.resolve({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };

it('goes by the proxy that the environment names, but for what NO_PROXY names', async () => {
  const { env } = process;
  const proxy = await RefusingProxy.open();
  const check = async (keyVaultUri: string): Promise<void> => {
    const backend = openAzureKeyVaultBackend({ keyVaultUri, credentials: { token } });
    await expect(backend.check({ signal: AbortSignal.timeout(20_000) })).rejects.toMatchObject({ code: 'unavailable' });
    await backend.close();
  };
  try {
    process.env = { ...env, HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' };
    await check('https://team-a.vault.azure.net');
    expect(proxy.asked).toEqual(['CONNECT team-a.vault.azure.net:443 HTTP/1.1']);
    await check('https://127.0.0.1:1');
    expect(proxy.asked).toHaveLength(1);
  } finally {
    process.env = env;
    proxy.close();
  }
});
