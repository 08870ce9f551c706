/** @servers kafka postgresql redis */
import { FaultyProxy } from '@coffer/backend-conformance/faults';
import { Cluster, startBroker, type Started } from '../cluster/index.js';
import { freePort, until, type Api } from '../harness/index.js';

jest.setTimeout(600_000);

const NAMESPACE = 'company.team';
const KEYS = Array.from({ length: 24 }, (_, number) => `K${number}`);
const END_TIMEOUT_MS = 120_000;

let port: number;
let link: FaultyProxy;
let cluster: Cluster;
/** Reaches Kafka by the link alone. */
let cut: Started;
let other: Api;
beforeAll(async () => {
  port = await freePort();
  link = await FaultyProxy.to(port);
  cluster = await Cluster.open({
    broker: await startBroker([{ port, advertised: link.port }]),
    counts: { gateway: 1, 'secret-worker': 1, 'cache-invalidator': 1 },
    cache: {},
  });
  [other] = cluster.gateways as [Api];
  cut = await cluster.start('gateway', {
    KESTRA_KAFKA_CLIENT_PROPERTIES_BOOTSTRAP_SERVERS: `127.0.0.1:${link.port}`,
  });
  await cluster.writesGoThrough();
});
afterAll(async () => {
  await cluster.close();
  await link.close();
});

const put = (value: string): Promise<unknown> =>
  Promise.all(
    KEYS.map((key) =>
      until(
        `${key} is written`,
        async () => (await other.put(NAMESPACE, { key, value })).status === 200,
        END_TIMEOUT_MS,
      ),
    ),
  );

const serves = async (client: Api, value: string): Promise<void> => {
  const isHit = async (key: string): Promise<boolean> => {
    const answer = await client.value(NAMESPACE, key);
    return answer.json()['value'] === value && /hit; detail=l1/.test(answer.headers.get('cache-status') ?? '');
  };
  await Promise.all(KEYS.map((key) => until(`${key} is served from memory`, () => isHit(key), END_TIMEOUT_MS)));
};

it.each([
  ['runs on', { stopped: false }],
  ['is stopped, and goes on before it hears of anything', { stopped: true }],
])(
  'a gateway that is cut off from the log and %s serves nothing that it cached once its lease is over',
  async (_, how) => {
    const client = cluster.client(cut);
    const [before, after] = [`before ${how.stopped}`, `after ${how.stopped}`];
    await put(before);
    await serves(client, before);
    link.set('stall');
    if (how.stopped) cluster.signal(cut, 'SIGSTOP');
    try {
      // Acknowledged: the coordinator has waited for the lease of the one that has not read this.
      await put(after);
      // They wait at the door of one that is stopped.
      const reading = Promise.all(KEYS.map((key) => client.value(NAMESPACE, key)));
      if (how.stopped) cluster.signal(cut, 'SIGCONT');
      const values = (await reading).map((answer) => answer.json()['value']);
      expect(values).toEqual(KEYS.map(() => after));
    } finally {
      if (how.stopped) cluster.signal(cut, 'SIGCONT');
      link.set('pass');
    }
    await serves(client, after);
  },
);
