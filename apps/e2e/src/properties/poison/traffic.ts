import { SecretPath } from '@coffer/secrets';
import type { Api } from '../../harness/index.js';
import type { Instance } from '../../harness/instance.js';
import { brew, type Brewing } from './poisons.js';

export const NAMESPACE = 'company.team';

export interface TrafficOptions {
  /** In all, the poisoned ones among them. */
  readonly mutations: number;
  readonly poisoned: number;
}

export interface Sent {
  /** Operations of the poisoned ones. */
  readonly poisons: string[];
  /** Keys that nothing but poison was sent for. */
  readonly poisonedOnly: string[];
  /** The last value and the last description of each key. */
  readonly expected: Map<string, { value: string; description: string }>;
  /** Real writes that were not taken, with what was answered. */
  readonly refused: string[];
}

/** Keys that are written at the same time. */
const LANES = 24;
/** Mutations of one key before another one's turn comes. */
const PER_KEY = 50;
/** Every so many writes of a key one is waited for; those before it queue up behind each other. */
const BURST = 5;

const ASYNCHRONOUS = { prefer: 'respond-async' };

/** Puts, and every seventh time a change of the description alone. */
const write = async (api: Api, key: string, step: number, sent: Sent): Promise<void> => {
  const before = sent.expected.get(key);
  const patch = before !== undefined && step % 7 === 6;
  const now = { value: patch ? before.value : `value ${step} of ${key}`, description: `step ${step}` };
  const headers = step % BURST === BURST - 1 ? {} : ASYNCHRONOUS;
  const answer = patch
    ? await api.patch(NAMESPACE, key, { description: now.description }, headers)
    : await api.put(NAMESPACE, { key, ...now }, headers);
  if (answer.status === 200 || answer.status === 202) sent.expected.set(key, now);
  else sent.refused.push(`${answer.status} ${answer.text}`);
};

/** Sends real writes by HTTP and poison straight into the queue, half of it for keys that are being written. */
export const send = async (
  { api, standalone }: Instance,
  brewing: Brewing,
  { mutations, poisoned }: TrafficOptions,
): Promise<Sent> => {
  const sent: Sent = { poisons: [], poisonedOnly: [], expected: new Map(), refused: [] };
  const every = Math.floor(mutations / poisoned);
  const poison = async (number: number, busy: string): Promise<void> => {
    const key = number % 2 === 0 ? busy : `ONLY_POISON_${number}`;
    if (key !== busy) sent.poisonedOnly.push(key);
    // Pairs, so that each kind comes for a key of either sort.
    const record = brew(
      number >> 1,
      SecretPath.of('main', NAMESPACE, key),
      brewing,
      standalone.messaging.topology.partitions,
    );
    sent.poisons.push(record.operation);
    await standalone.messaging.producer.publish(record);
  };
  const writeKey = async (number: number): Promise<void> => {
    const key = `KEY_${number}`;
    for (let step = 0; step < PER_KEY; step += 1) {
      const overall = number * PER_KEY + step;
      if (overall >= mutations) return;
      // Never in the same step of each key.
      const turn = Math.floor(overall / every);
      const due = overall % every === (turn * 7) % every && turn < poisoned;
      if (due) await poison(turn, key);
      else await write(api, key, step, sent);
    }
  };
  const keys = Array.from({ length: Math.ceil(mutations / PER_KEY) }, (_, number) => number).values();
  const lane = async (): Promise<void> => {
    for (const number of keys) await writeKey(number);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return sent;
};
