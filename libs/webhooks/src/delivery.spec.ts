import { SecretValue } from '@coffer/secrets';
import { Delivery, type DeliveryOptions } from './delivery.js';
import { Receiver } from './receiver.js';
import { ReceivingServer, until, type Received } from './receiving-server.fixture.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const open = async (settings: Partial<DeliveryOptions['settings']> = {}) => {
  const server = await ReceivingServer.open();
  const secret = new SecretValue(Buffer.alloc(32).toString('base64'));
  const receiver = new Receiver({ url: server.url, secret, timeoutMs: 10_000, concurrency: 8 }, () => Date.now());
  opened.push(receiver, server);
  const ending = new AbortController();
  const givenUp: { id: string; reason: string; attempts: number }[] = [];
  const attempts: (string | undefined)[] = [];
  let clock = 0;
  const delivery = new Delivery({
    settings: { concurrency: 8, retryForMs: 60_000, ...settings },
    receiver,
    now: () => clock,
    random: () => 0,
    observer: {
      attempted: (reason) => void attempts.push(reason),
      givenUp: async ({ id }, reason, count) => void givenUp.push({ id, reason, attempts: count }),
    },
  });
  const deliver = (path: string, id: string) => delivery.deliver({ id, path, body: `{"id":"${id}"}` }, ending.signal);
  const ids = () => server.received.map(({ headers }) => String(headers['webhook-id']));
  return { server, delivery, deliver, ids, ending, givenUp, attempts, pass: (ms: number) => (clock += ms) };
};
const idOf = ({ headers }: Received): string => String(headers['webhook-id']);

it('delivers the events of one secret in their order, whatever fails', async () => {
  const { server, deliver, ids } = await open();
  const failures = new Map<string, number>();
  server.answer = (received) => {
    const count = (failures.get(idOf(received)) ?? 0) + 1;
    failures.set(idOf(received), count);
    return count < 3 ? 500 : 200;
  };
  await Promise.all(['1', '2', '3'].map((id) => deliver('a', id)));
  expect(ids()).toEqual(['1', '1', '1', '2', '2', '2', '3', '3', '3']);
});

it('lets one that fails hold back its own secret alone', async () => {
  const { server, deliver, ids, delivery } = await open();
  let mended = false;
  server.answer = (received) => (idOf(received).startsWith('a') && !mended ? 503 : 204);
  const held = [deliver('a', 'a1'), deliver('a', 'a2')];
  await Promise.all(['b1', 'b2', 'b3'].map((id) => deliver('b', id)));
  expect(ids().filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
  expect(ids()).not.toContain('a2');
  expect(delivery.pending).toBe(2);
  mended = true;
  await Promise.all(held);
  expect(ids().at(-1)).toBe('a2');
  expect(delivery.pending).toBe(0);
});

it('gives up in time, and goes on with the next of that secret', async () => {
  const { server, deliver, givenUp, pass, ids, attempts } = await open({ retryForMs: 1_000 });
  server.answer = (received) => (idOf(received) === '1' ? 400 : 204);
  const first = deliver('a', '1');
  const second = deliver('a', '2');
  await until(() => attempts.length >= 2);
  pass(1_001);
  await first;
  expect(givenUp).toEqual([{ id: '1', reason: 'http 400', attempts: expect.any(Number) }]);
  await second;
  expect(ids().at(-1)).toBe('2');
});

it('waits no longer than an event is tried, whatever the receiver asks for', async () => {
  const { server, deliver, givenUp, pass, attempts } = await open({ retryForMs: 200 });
  server.answerHeaders = { 'retry-after': '60' };
  server.answer = () => 503;
  const given = deliver('a', '1');
  await until(() => attempts.length > 0);
  pass(200);
  await given;
  expect(givenUp).toEqual([{ id: '1', reason: 'http 503', attempts: expect.any(Number) }]);
});

it('keeps an event until it could be kept elsewhere', async () => {
  const server = await ReceivingServer.open();
  const secret = new SecretValue(Buffer.alloc(32).toString('base64'));
  const receiver = new Receiver({ url: server.url, secret, timeoutMs: 10_000, concurrency: 1 }, () => Date.now());
  opened.push(receiver, server);
  server.answer = () => 500;
  let tries = 0;
  const delivery = new Delivery({
    ...{ settings: { concurrency: 1, retryForMs: 1 }, receiver, random: () => 0 },
    now: () => performance.now(),
    observer: {
      attempted: () => undefined,
      givenUp: async () => {
        tries += 1;
        if (tries < 3) throw new Error('no disk');
      },
    },
  });
  await delivery.deliver({ id: '1', path: 'a', body: '{}' }, new AbortController().signal);
  expect(tries).toBe(3);
});

it('makes no more attempts at once than it may', async () => {
  const { server, deliver, ending, attempts } = await open({ concurrency: 3 });
  await Promise.all(Array.from({ length: 30 }, (_, n) => deliver(`k${n}`, String(n))));
  expect(attempts).toHaveLength(30);
  server.answer = () => 'never';
  const all = Array.from({ length: 30 }, (_, n) => deliver(`k${n}`, String(n)).catch(() => 'left'));
  await until(() => server.received.length >= 33);
  ending.abort();
  expect(new Set(await Promise.all(all))).toEqual(new Set(['left']));
  expect(server.received).toHaveLength(33);
});

it('leaves what is in hand to others when it is stopped', async () => {
  const { server, deliver, ending, delivery } = await open();
  server.answer = () => 'never';
  const all = [deliver('a', '1'), deliver('a', '2'), deliver('b', '3')].map((each) =>
    each.then(
      () => 'done',
      () => 'left',
    ),
  );
  await until(() => server.received.length === 2);
  ending.abort();
  expect(await Promise.all(all)).toEqual(['left', 'left', 'left']);
  expect(delivery.pending).toBe(0);
});
