import { CofferError, SecretPath } from '@coffer/secrets';
import { ExternalNames } from './external-names.js';
import type { VaultSecret } from './client.js';

const path = SecretPath.of('main', 'company', 'key');
const outside: VaultSecret = {
  name: 'made-outside',
  tags: { prefix: 'kestra', tenant: 'main', namespace: 'company', key: 'key' },
  updated: 1,
};

/** As the client: the wait for a page ends with the signal. */
const hanging = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new CofferError('timeout', 'the vault did not answer in time')));
  });

it('lists the vault anew after a listing whose answer never came', async () => {
  let listings = 0;
  const client = {
    async *pages(signal: AbortSignal) {
      listings += 1;
      yield [];
      if (listings === 1) await hanging(signal);
      yield [outside];
    },
  };
  const names = new ExternalNames(client, 'kestra', { maxAgeMs: 60_000, pageTimeoutMs: 20 });
  const find = () => names.find(path, AbortSignal.timeout(10_000));
  await expect(find()).rejects.toMatchObject({ code: 'timeout' });
  expect(await find()).toEqual(['made-outside']);
  expect(listings).toBe(2);
  names.close();
});
