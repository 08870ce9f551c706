import { property } from '../harness/property.js';
import { randomBytes } from 'node:crypto';
import { LeakScanner } from '../leak-scan/index.js';
import { until } from '../harness/index.js';
import { assertEqual, combine, show, type Outcome } from '../harness/outcome.js';
import { Ends } from '../harness/ends.js';
import { openInstance, type Instance } from '../harness/instance.js';
import { createLogger } from '@coffer/observability';
import { openBrewing, POISONS } from './poison/poisons.js';
import { NAMESPACE, send, type Sent, type TrafficOptions } from './poison/traffic.js';

/** Until everything that was queued has ended, in milliseconds; bounds a failure and is never waited for otherwise. */
const END_TIMEOUT_MS = 120_000;

/** Keys whose value or description is not the last one written. */
const wrongKeys = async ({ api }: Instance, { expected }: Sent): Promise<number> => {
  const list = await api.list('size=10000');
  const { results } = list.json<{ results: { key: string; description?: string }[] }>();
  const descriptions = new Map(results.map((row) => [row.key, row.description]));
  return count([...expected], async ([key, { value, description }]) => {
    const found = await api.value(NAMESPACE, key);
    return found.status !== 200 || found.json()['value'] !== value || descriptions.get(key) !== description;
  });
};

const count = async <T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<number> => {
  let number = 0;
  for (const item of items) number += Number(await holds(item));
  return number;
};

const inspect = async (
  instance: Instance,
  { ends, log }: { readonly ends: Ends; readonly log: string },
  sent: Sent,
  options: TrafficOptions,
  marker: string,
) => {
  const { api, standalone } = instance;
  const real = options.mutations - options.poisoned;
  const { deadLetters } = standalone.messaging;
  const summaries = await deadLetters.list();
  const letters = (await Promise.all(summaries.map(({ id }) => deadLetters.find(id)))).flatMap((found) => found ?? []);
  const expected = new Set(sent.poisons);
  const search = new LeakScanner([{ name: 'value', text: marker }]);
  const shown = letters.map((deadLetter) => JSON.stringify(deadLetter));
  const places = [...shown, ...letters.map(({ mutation }) => Buffer.from(mutation.body).toString('latin1'))];
  const found = [...places, log].flatMap((text) => search.scanText('here', text));
  const control = search.scan('control', [Buffer.from(`${shown[0]}${Buffer.from(marker).toString('base64')}`)]);
  return combine(
    show('Mutations, poisoned and real', options.mutations, 'mutations'),
    show('Kinds of poison', Object.keys(POISONS).length, 'kinds'),
    assertEqual('Poisoned mutations', sent.poisons.length, 'mutations', options.poisoned),
    assertEqual('Dead letters', letters.length, 'letters', options.poisoned),
    assertEqual(
      'Dead letters of poisoned mutations, with the code "corrupt"',
      letters.filter(({ code, mutation }) => code === 'corrupt' && expected.has(mutation.operation)).length,
      'letters',
      options.poisoned,
    ),
    assertEqual(
      'Operations that read "failed" because somebody who has not the key claimed them',
      await count(sent.poisons, async (id) => (await api.operation(id)).json()['state'] === 'failed'),
      'operations',
      0,
    ),
    assertEqual('Mutations that ended as failed', ends.aborts.length, 'mutations', options.poisoned),
    assertEqual('Real writes refused', sent.refused.length, 'writes', 0),
    assertEqual(
      'Real writes applied',
      ends.commits.filter(({ outcome }) => outcome === 'applied').length,
      'mutations',
      real,
    ),
    assertEqual('Writes applied after a later one of the same key', ends.outOfOrder(), 'mutations', 0),
    assertEqual('Keys that do not hold the last write', await wrongKeys(instance, sent), 'keys', 0),
    assertEqual(
      'Keys that hold what only poison was sent for',
      await count(sent.poisonedOnly, async (key) => (await api.value(NAMESPACE, key)).status !== 404),
      'keys',
      0,
    ),
    assertEqual('Values in clear in dead letters and the log', found.length, 'finds', 0),
    assertEqual('Control planted in a dead letter, found', Number(control.length > 0), 'finds', 1),
  );
};

/** Mutations that can never be applied become dead letters; every other one is applied, in the order of its key. */
const poisonProperty = async (options: TrafficOptions): Promise<Outcome> => {
  const marker = `Marker${randomBytes(9).toString('hex')}`;
  let log = '';
  const instance = await openInstance({
    logger: createLogger('trace', { write: (line) => void (log += line) }),
  });
  const { ends, stop } = Ends.follow(instance.standalone.messaging);
  try {
    const sent = await send(instance, await openBrewing(instance.standalone.ring, marker), options);
    await until('every mutation has ended', () => ends.total >= options.mutations, END_TIMEOUT_MS).catch(
      () => undefined,
    );
    return await inspect(instance, { ends, log }, sent, options, marker);
  } finally {
    stop();
    await instance.close();
  }
};

export default property({
  name: 'poison',
  title: 'Poisoned mutations',
  shows: 'A mutation that can never be applied becomes a dead letter and holds up nothing else.',
  servers: [],
  // Each kind for a key that is being written, and for one that is not.
  quick: { mutations: 560, poisoned: 2 * Object.keys(POISONS).length },
  full: { mutations: 5_000, poisoned: 100 },
  run: poisonProperty,
});
