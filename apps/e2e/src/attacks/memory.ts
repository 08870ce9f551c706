import { SecretPath, SecretValue } from '@coffer/secrets';
import { stringify } from 'yaml';
import { api, until } from '../harness/index.js';
import { openInstance } from '../harness/instance.js';
import { onCoffer, reachedBy, type Attack } from './attack.js';

const MIB = 1_048_576;
const LETTER_BYTES = 512 * 1_024;
const LETTERS = 40;
const MAX_LETTERS = 4 * MIB;

/** Everything of which a caller decides how much there is. */
export const budgets: Attack = {
  name: 'more-than-one-may-have',
  aim: 'One caller uses up the memory, the processor or the money of all',
  run: () => {
    const limits = { refreshesPerMinute: 5, tenants: 3, requestsPerMinute: 400 };
    return onCoffer({ config: stringify({ coffer: { limits } }) }, async ({ url, token }) => {
      const client = api(url, token);
      await client.put('company', { key: 'K', value: 'v' });
      const keys = Array.from({ length: 500 }, () => 'sort=key:asc').join('&');
      const sorted = await client.list(keys);
      const refreshed: number[] = [];
      for (let count = 0; count < 8; count += 1) {
        refreshed.push((await client.value('company', 'K', 'refresh=true')).status);
      }
      const tenants: number[] = [];
      for (let count = 0; count < 6; count += 1) {
        tenants.push((await api(url, token, { tenant: `invented${count}` }).list()).status);
      }
      const flood: number[] = [];
      for (let count = 0; count < 500; count += 1) flood.push((await client.value('company', 'K')).status);
      return {
        tried:
          '500 sort keys, refresh=true in a loop, lists of invented tenants, 500 requests where 400 a minute are allowed',
        reached: reachedBy(
          [sorted.status !== 422, `500 sort keys are answered ${sorted.status}`],
          [!refreshed.includes(429), 'refresh=true asks the store as often as one likes'],
          [!tenants.includes(429), 'every invented tenant is looked for'],
          [!flood.includes(429), 'a caller asks as often as it likes'],
        ),
      };
    });
  },
};

/** What cannot be applied is kept, but not for ever more of it. */
export const deadLetters: Attack = {
  name: 'dead-letters-without-a-bound',
  aim: 'Writes that fail for good fill the memory',
  run: async () => {
    const configuration = stringify({ coffer: { limits: { deadLetters: '4MiB' } } });
    const coffer = await openInstance({ configuration });
    try {
      for (let count = 0; count < LETTERS; count += 1) {
        const path = SecretPath.of('main', 'company', `KEY_${count}`);
        const sealed = coffer.seal({
          ...{ kind: 'put', path, metadata: { tags: [] } },
          value: new SecretValue('v'.repeat(LETTER_BYTES)),
        });
        const mutation = { ...sealed, body: Buffer.from(sealed.body).reverse() };
        await coffer.standalone.messaging.producer.publish(mutation);
      }
      let text = '';
      await until('all have failed', async () => {
        text = (await coffer.api.call('GET', '/metrics')).text;
        return Number(/^coffer_dead_letters_total\{code="corrupt"\} (\d+)$/m.exec(text)?.[1]) >= LETTERS;
      });
      const bytes = Number(/^coffer_budget_bytes\{budget="dead-letters"\} (\S+)$/m.exec(text)?.[1]);
      return {
        tried: `${LETTERS} writes of 512 KiB that cannot be opened; ${Math.round(bytes / MIB)} MiB of dead letters are kept`,
        reached: reachedBy([!(bytes <= MAX_LETTERS), `${bytes} bytes of dead letters are kept`]),
      };
    } finally {
      await coffer.close();
    }
  },
};
