import { SecretPath, SecretValue } from '@coffer/secrets';
import { stringify } from 'yaml';
import { api, freePort, spawnCoffer, until } from '../harness/index.js';
import { openInstance } from '../harness/instance.js';
import { reachedBy, type Attack } from './attack.js';
import { newUser } from './credentials.js';

const LETTERS = '/coffer/v1/main/dead-letters';

interface Listed {
  readonly id: string;
  readonly operation: string;
}

/** `admin` is for the system's own calls and writes nothing. */
export const adminWrites: Attack = {
  name: 'admin-without-write',
  aim: 'Who has admin but not write writes by replaying a dead letter',
  run: async () => {
    const admin = await newUser('admin', [{ tenant: 'main', namespace: '*', permissions: ['admin'] }]);
    const configuration = stringify({ coffer: { access: { users: [admin.entry] } } });
    const coffer = await openInstance({ configuration });
    try {
      const path = SecretPath.of('main', 'company', 'KEY');
      const value = new SecretValue('of the dead letter');
      const mutation = coffer.seal({ kind: 'put', path, value, metadata: { tags: [] } });
      const { deadLetters: kept, producer } = coffer.standalone.messaging;
      await producer.publish({ ...mutation, body: Buffer.from(mutation.body).reverse() });
      const as = api(coffer.url, '', { authorization: admin.authorization });
      const listed = async () => (await as.call('GET', LETTERS)).json<{ results: readonly Listed[] }>().results;
      await until('it is a dead letter', async () => (await listed()).length > 0);
      const [{ id } = { id: '' }] = await listed();
      // What was missing to open it is back.
      const deadLetter = await kept.find(id);
      if (deadLetter === undefined) throw new Error('there is no dead letter');
      await kept.discard(id);
      await kept.add({ ...deadLetter, mutation });
      const [{ id: repaired } = { id: '' }] = await listed();
      const { status } = await as.call('POST', `${LETTERS}/${repaired}/replay`);
      return {
        tried: `a dead letter was replayed with admin alone, which was answered ${status}`,
        reached: reachedBy([status !== 403, `the replay is answered ${status}`]),
      };
    } finally {
      await coffer.close();
    }
  },
};

/** A store that nobody reaches, and that is not the default one. */
const managers = [
  {
    tenant: 'main',
    namespace: 'board',
    type: 'vault',
    vault: { address: 'http://127.0.0.1:1', token: { token: 'x' } },
  },
];

interface Health {
  readonly details?: Readonly<Record<string, string>>;
}

/** Before it is ready, which it is not while a store is down. */
const startedWithAStoreDown = async <T>(use: (url: string, token: string) => Promise<T>): Promise<T> => {
  const port = await freePort();
  const spawned = spawnCoffer({ config: stringify({ coffer: { managers } }), port });
  try {
    const [, token = ''] = await spawned.process.printed(/^access token: (\S+)$/m);
    const url = `http://127.0.0.1:${port}`;
    const listens = () =>
      api(url, token)
        .call('GET', '/health/live')
        .catch(() => undefined);
    await until('it listens', async () => (await listens())?.status === 200);
    return await use(url, token);
  } finally {
    await spawned.stop();
  }
};

export const smallThings: Attack = {
  name: 'small-things',
  aim: 'Namespaces that are never found, names of stores for everybody',
  run: () =>
    startedWithAStoreDown(async (url, token) => {
      const client = api(url, token);
      const dotted = await client.call('PUT', '/api/v1/main/namespaces/company./secrets', {
        body: { key: 'K', value: 'v' },
      });
      let names: readonly string[] = [];
      const known = async () => {
        const { details = {} } = (await client.call('GET', '/health/ready')).json<Health>();
        names = Object.keys(details).filter((name) => !/^coffer\.|^stores$/.test(name));
        return names.length > 0;
      };
      await until('an administrator is told which store is down', known);
      const externalClient = api(url, '', { authorization: '' });
      const seen =
        (await externalClient.call('GET', '/health/ready')).text + (await externalClient.call('GET', '/')).text;
      const shown = names.filter((name) => seen.includes(`"${name}"`));
      return {
        tried: 'a write to `company.`; health and the front page without a token while a store is down',
        reached: reachedBy(
          [dotted.status !== 422, `a namespace that ends in a dot is answered ${dotted.status}`],
          [shown.length > 0, `everybody is shown ${shown.join(', ')}`],
        ),
      };
    }),
};
