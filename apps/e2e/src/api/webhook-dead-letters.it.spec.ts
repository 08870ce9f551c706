/** @servers kafka postgresql */
import { UNDELIVERED_TOPIC } from '@coffer/messaging';
import { Cluster, metricsOf, RawTopics, seriesOf, type RawRecord } from '../cluster/index.js';
import { until, type Api } from '../harness/index.js';
import { HookReceiver, WEBHOOK_KEY } from '../properties/webhooks/receiver.js';

jest.setTimeout(600_000);

const DEAD_LETTERS = '/coffer/v1/main/webhooks/dead-letters';

interface DeadLetter {
  readonly id: string;
  readonly key: string;
  readonly reason: string;
  readonly attempts: number;
}

const webhookAt = (url: string) => ({ id: 'hook', url, secret: WEBHOOK_KEY, namespace: 'hooks', retryFor: '1s' });

let receiver: HookReceiver;
let cluster: Cluster;
beforeAll(async () => {
  receiver = await HookReceiver.open();
  receiver.away = true;
  cluster = await Cluster.open({
    counts: { gateway: 2, 'secret-worker': 1, 'cache-invalidator': 1 },
    settings: { webhooks: [webhookAt(receiver.url)] },
  });
});
afterAll(async () => {
  await cluster?.close();
  await receiver?.close();
});

const listed = async (gateway: Api): Promise<readonly DeadLetter[]> => {
  const answer = await gateway.call('GET', `${DEAD_LETTERS}?size=100`);
  return answer.json<{ results: readonly DeadLetter[] }>().results;
};
const keysOf = async (gateway: Api): Promise<readonly string[]> =>
  (await listed(gateway)).map(({ key }) => key).toSorted();
const pathOf = async (gateway: Api, key: string): Promise<string> => {
  const found = (await listed(gateway)).find((deadLetter) => deadLetter.key === key);
  return `${DEAD_LETTERS}/${encodeURIComponent(found?.id ?? 'none')}`;
};

it('what a receiver did not take in time is a dead letter of every gateway, also of one that starts later', async () => {
  const { a, b } = cluster.pair();
  for (const [number, key] of ['A', 'B', 'C'].entries()) {
    expect((await [a, b][number % 2]!.put('hooks', { key, value: 'v' })).status).toBe(200);
  }
  for (const gateway of [a, b]) {
    await until('all three are listed', async () => (await listed(gateway)).length === 3, 120_000);
    expect(await keysOf(gateway)).toEqual(['A', 'B', 'C']);
  }
  for (const { reason, attempts } of await listed(a)) {
    expect(reason).toMatch(/^(http 503|the receiver was away)$/);
    expect(attempts > 0).toBe(reason === 'http 503');
  }
  for (const gateway of cluster.of('gateway')) await cluster.end(gateway);
  await cluster.startAll(['gateway']);
  for (const gateway of Object.values(cluster.pair())) expect(await keysOf(gateway)).toEqual(['A', 'B', 'C']);
});

it('what nobody signed is no dead letter, and takes none away', async () => {
  const { a } = cluster.pair();
  const before = await listed(a);
  const topics = await RawTopics.open(cluster.brokers);
  const [genuine] = await topics.dump(UNDELIVERED_TOPIC);
  if (genuine === undefined) throw new Error('the topic is empty');
  const { message } = genuine;
  const { signature, ...headers } = message.headers ?? {};
  const copied = [
    { ...message, key: Buffer.from('hook~forged'), headers },
    { ...message, key: Buffer.from('hook~forged'), headers: { ...headers, signature } },
    { ...message, value: null, headers: {} },
    { ...message, value: null, headers: { ...headers, signature } },
  ];
  await topics.append(
    UNDELIVERED_TOPIC,
    copied.map((each) => ({ partition: 0, message: each as RawRecord['message'] })),
  );
  await topics.close();
  expect(await listed(a)).toEqual(before);
});

it('one is delivered again through any gateway, once the receiver takes it, and is gone from the others', async () => {
  const { a, b } = cluster.pair();
  const path = await pathOf(a, 'A');
  const refused = await b.call('POST', `${path}/replay`);
  expect([refused.status, refused.json()['detail']]).toEqual([503, expect.stringMatching(/http 503.*it is kept/)]);
  expect(await keysOf(a)).toEqual(['A', 'B', 'C']);
  receiver.away = false;
  const before = receiver.deliveries;
  expect((await b.call('POST', `${path}/replay`)).status).toBe(204);
  expect([receiver.deliveries - before, receiver.forged]).toEqual([1, 0]);
  expect([...receiver.taken.keys()]).toEqual(['hooks/A']);
  expect(await keysOf(a)).toEqual(['B', 'C']);
  expect((await a.call('POST', `${path}/replay`)).status).toBe(404);
});

it('one is forgotten through any gateway', async () => {
  const { a, b } = cluster.pair();
  const path = await pathOf(b, 'B');
  expect((await a.call('DELETE', path)).status).toBe(204);
  expect(await keysOf(b)).toEqual(['C']);
  expect((await b.call('DELETE', path)).status).toBe(204);
  expect([...receiver.taken.keys()]).toEqual(['hooks/A']);
});

it('a gateway that has another webhook under the same id is told of until it is gone', async () => {
  const differing = async (): Promise<number> => {
    const texts = await Promise.all(cluster.of('gateway').map(({ address }) => metricsOf(address, cluster.token)));
    const said = texts.map((text) => seriesOf(text, 'coffer_webhook_settings_differ', 'webhook')['hook'] ?? NaN);
    return said.reduce((sum, one) => sum + one);
  };
  const line = (settings: object): string => JSON.stringify({ settings }).slice(1, -1);
  const replace = async (webhook: object): Promise<void> => {
    const [gateway] = cluster.of('gateway');
    if (gateway !== undefined) await cluster.end(gateway, 'SIGTERM');
    cluster.configuration.setWebhooks([{ ...webhook }]);
    await cluster.start('gateway');
  };
  await until('the gateways have compared', async () => (await differing()) === 0);
  expect(cluster.output).not.toContain('different settings of a webhook');
  await replace({ ...webhookAt(receiver.url), namespace: 'other', retryFor: '2s' });
  await until('one gateway says so', async () => (await differing()) === 1, 60_000);
  expect(cluster.output).toContain(line(['namespace', 'retryFor']));
  // The other one, so that both are the same again.
  await replace({ ...webhookAt(receiver.url), namespace: 'other', retryFor: '2s' });
  await until('no gateway says so', async () => (await differing()) === 0, 60_000);
  await replace({ ...webhookAt(receiver.url), secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` });
  await until('one gateway says so', async () => (await differing()) === 1, 60_000);
  expect(cluster.output).toContain(line(['secret']));
});
