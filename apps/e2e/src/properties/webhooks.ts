import { Cluster } from '../cluster/index.js';
import { removeFolder, scratchFolder, startCoffer, until, api, type Api, type Coffer } from '../harness/index.js';
import { assert, assertEqual, combine, forEach, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { HookReceiver, WEBHOOK_KEY } from './webhooks/receiver.js';

interface WebhookOptions {
  readonly writes: number;
  /** How long the receiver is away. */
  readonly awayMs: number;
  /** Gateways that are killed: the first while the receiver is away, the others once it is back. */
  readonly kills: number;
}

const KEYS = 12;
const WRITE_ATTEMPTS = 100;
const RETRY_DELAY_MS = 100;

interface Subject {
  /** Those that live. */
  readonly gateways: () => readonly Api[];
  /** Kills one, and has it or another there again. */
  readonly kill: () => Promise<void>;
}

const settingsOf = (url: string) => ({ id: 'receiver', url, secret: WEBHOOK_KEY, namespace: 'hooks', retryFor: '10m' });

/** Each write under an Idempotency-Key, until it is acknowledged. */
const write = async (subject: Subject, key: string, number: number): Promise<void> => {
  const headers = { 'idempotency-key': `${key} ${number}` };
  for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt += 1) {
    const gateways = subject.gateways();
    const gateway = gateways[(number + attempt) % gateways.length];
    const answer = await gateway?.put('hooks', { key, value: `value ${number}` }, headers).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
  }
  throw new Error(`write ${number} of ${key} was never acknowledged`);
};

/** Writes, with the receiver away in the middle and a gateway killed while it is, and another one once it is back. */
const deliveryUnderFaults = async (
  subject: Subject,
  receiver: HookReceiver,
  { writes, awayMs, kills }: WebhookOptions,
): Promise<Outcome> => {
  const third = Math.ceil(writes / 3);
  let next = 0;
  const writeSome = async (): Promise<void> => {
    const numbers = Array.from({ length: third }, () => next++);
    const byKey = Map.groupBy(numbers, (number) => number % KEYS);
    await Promise.all(
      Array.from(byKey, async ([key, all]) => {
        for (const number of all) await write(subject, `K${key}`, number);
      }),
    );
  };
  const distinct = (): number => [...receiver.taken.values()].reduce((sum, all) => sum + new Set(all).size, 0);
  await writeSome();
  await until('what was written first was delivered', () => distinct() >= next, 60_000).catch(() => undefined);
  const undisturbed = new Set(receiver.events());
  receiver.away = true;
  const away = new Promise((resolve) => setTimeout(resolve, awayMs));
  await writeSome();
  await until('the receiver was asked while it was away', () => receiver.refused > 0);
  await subject.kill();
  await away;
  receiver.away = false;
  const writing = writeSome();
  for (let kill = 1; kill < kills; kill += 1) await subject.kill();
  await writing;
  await until('every event was delivered', () => distinct() >= next, 180_000).catch(() => undefined);
  const isOrdered = (all: readonly string[]): boolean => {
    const first = [...new Set(all)];
    return first.every((sequence, at) => sequence > (first[at - 1] ?? ''));
  };
  const disordered = [...receiver.taken.values()].filter((all) => !isOrdered(all)).length;
  const repeated = receiver.events().filter((event) => undisturbed.has(event)).length - undisturbed.size;
  return combine(
    assertEqual('Events that were never delivered', next - distinct(), `events of ${next}`, 0),
    assertEqual('Events delivered twice though nothing had failed', repeated, 'events', 0),
    assertEqual('Secrets whose events came first in another order', disordered, 'secrets', 0),
    assertEqual('Deliveries with a wrong signature', receiver.forged, 'deliveries', 0),
    assert(receiver.refused > 0, 'the receiver was never away when it was asked'),
    show('Deliveries beyond one for each event', receiver.deliveries - distinct(), 'deliveries'),
  );
};

const embedded = async (receiver: HookReceiver, options: WebhookOptions): Promise<Outcome> => {
  const folder = scratchFolder();
  const config = JSON.stringify({ coffer: { webhooks: [settingsOf(receiver.url)] } });
  let token = '';
  const start = async (): Promise<Coffer> => {
    const coffer = await startCoffer({ config, dataFolder: `${folder}/data`, ...(token === '' ? {} : { token }) });
    token = coffer.token;
    return coffer;
  };
  let coffer = await start();
  try {
    return await deliveryUnderFaults(
      {
        gateways: () => [api(coffer.url, token)],
        kill: async () => {
          coffer.kill();
          await coffer.exited;
          await coffer.stop();
          coffer = await start();
        },
      },
      receiver,
      options,
    );
  } finally {
    await coffer.stop();
    removeFolder(folder);
  }
};

const distributed = (receiver: HookReceiver, options: WebhookOptions): Promise<Outcome> =>
  Cluster.use({ settings: { webhooks: [settingsOf(receiver.url)] } }, (cluster) =>
    deliveryUnderFaults(
      {
        gateways: () => cluster.gateways,
        kill: async () => {
          const [gateway] = cluster.of('gateway');
          if (gateway !== undefined) await cluster.end(gateway);
          await cluster.start('gateway');
        },
      },
      receiver,
      options,
    ),
  );

const RUNS = { 'in one process': embedded, distributed } as const;

export default property({
  name: 'webhooks',
  title: 'Webhooks',
  shows:
    'A receiver is told of each write at least once and in order for each secret, while it is away and gateways are killed: in one process, then with two of each service over Kafka.',
  servers: ['postgresql'],
  ownServers: ['kafka'],
  quick: { writes: 90, awayMs: 2_000, kills: 1 },
  full: { writes: 3_000, awayMs: 60_000, kills: 3 },
  run: (options) =>
    forEach(Object.keys(RUNS) as (keyof typeof RUNS)[], async (name) => {
      const receiver = await HookReceiver.open();
      try {
        return await RUNS[name](receiver, options);
      } finally {
        await receiver.close();
      }
    }),
});
