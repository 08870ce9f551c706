/** @servers none */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { run } from '@coffer/cli';
import type { SealedMutation } from '@coffer/messaging';
import { createLogger } from '@coffer/observability';
import { SecretPath, SecretValue } from '@coffer/secrets';
import { until } from '../harness/index.js';
import { openInstance, type Instance } from '../harness/instance.js';

const NAMESPACE = 'company.team';
const LETTERS = '/coffer/v1/main/dead-letters';

interface DeadLetter {
  readonly id: string;
  readonly key: string;
  readonly code: string;
  readonly operation: string;
}

let coffer: Instance;
let log: string;
beforeEach(async () => {
  log = '';
  coffer = await openInstance({ logger: createLogger('trace', { write: (line) => void (log += line) }) });
});
afterEach(() => coffer.close());

/** As a gateway queues it; with another's envelope it does not open. */
const sealed = (key: string, text: string): SealedMutation => {
  const path = SecretPath.of('main', NAMESPACE, key);
  return coffer.seal({ kind: 'put', path, value: new SecretValue(text), metadata: { tags: [] } });
};
const broken = (mutation: SealedMutation): SealedMutation => ({
  ...mutation,
  body: Buffer.from(mutation.body).reverse(),
});

const letters = async (): Promise<readonly DeadLetter[]> =>
  (await coffer.api.call('GET', LETTERS)).json<{ results: readonly DeadLetter[] }>().results;
const deadLetterOf = async ({ operation }: SealedMutation): Promise<DeadLetter> => {
  const deadLetter = (await letters()).find((candidate) => candidate.operation === operation);
  if (deadLetter === undefined) throw new Error('there is no such dead letter');
  return deadLetter;
};
const stateOf = async ({ operation }: SealedMutation): Promise<unknown> =>
  (await coffer.api.operation(operation)).json()['state'];
const isIn = (mutation: SealedMutation, state: string): Promise<boolean> =>
  until(`the operation is ${state}`, async () => (await stateOf(mutation)) === state, 20_000);

/** Publishes what cannot be opened, and answers its dead letter once it is one. */
const fail = async (mutation: SealedMutation): Promise<DeadLetter> => {
  await coffer.standalone.messaging.producer.publish(broken(mutation));
  const deadLettered = async () => (await letters()).some(({ operation }) => operation === mutation.operation);
  await until('it is a dead letter', deadLettered, 20_000);
  return deadLetterOf(mutation);
};

/** What was missing to open the dead letter is back. */
const repair = async ({ id }: DeadLetter, mutation: SealedMutation): Promise<void> => {
  const { deadLetters } = coffer.standalone.messaging;
  const deadLetter = await deadLetters.find(id);
  if (deadLetter === undefined) throw new Error('there is no such dead letter');
  await deadLetters.discard(id);
  await deadLetters.add({ ...deadLetter, mutation });
};

const command = async (...args: string[]) => {
  const result = { out: '', err: '' };
  const code = await run(['dead-letters', ...args], {
    env: { COFFER_URL: coffer.url, COFFER_TOKEN: coffer.token },
    interactive: true,
    isScreen: true,
    cwd: '/',
    input: (async function* () {})(),
    out: (text) => void (result.out += text),
    err: (text) => void (result.err += text),
  });
  return { code, ...result };
};

it('a write that failed for good is applied once its cause is repaired and it is replayed', async () => {
  const value = `Marker${randomBytes(9).toString('hex')}`;
  const mutation = sealed('KEY', value);
  const deadLetter = await fail(mutation);
  expect(deadLetter).toMatchObject({ key: 'KEY', code: 'corrupt' });
  expect((await coffer.api.value(NAMESPACE, 'KEY')).status).toBe(404);

  await repair(deadLetter, mutation);
  const replayed = await coffer.api.call('POST', `${LETTERS}/${deadLetter.id}/replay`);
  expect(replayed.status).toBe(202);
  const place = replayed.headers.get('location') ?? '';
  expect(['pending', 'applied']).toContain((await coffer.api.call('GET', place)).json()['state']);
  await isIn(mutation, 'applied');
  expect((await coffer.api.value(NAMESPACE, 'KEY')).json()['value']).toBe(value);
  expect(await letters()).toEqual([]);
  expect(log).not.toContain(value);
});

it('a replayed write counts as written now, and later writes win over it', async () => {
  const mutation = sealed('KEY', 'late');
  const deadLetter = await fail(mutation);
  await coffer.api.put(NAMESPACE, { key: 'KEY', value: 'earlier' });
  await repair(deadLetter, mutation);
  await coffer.api.call('POST', `${LETTERS}/${deadLetter.id}/replay`);
  await isIn(mutation, 'applied');
  expect((await coffer.api.value(NAMESPACE, 'KEY')).json()['value']).toBe('late');
  await coffer.api.put(NAMESPACE, { key: 'KEY', value: 'last' });
  expect((await coffer.api.value(NAMESPACE, 'KEY')).json()['value']).toBe('last');
});

it('what does not open still is not replayed, and its dead letter stays', async () => {
  const deadLetter = await fail(sealed('KEY', 'value'));
  const refused = await coffer.api.call('POST', `${LETTERS}/${deadLetter.id}/replay`);
  expect([refused.status, refused.json()['code']]).toEqual([502, 'corrupt']);
  expect(await letters()).toMatchObject([{ id: deadLetter.id }]);
});

it('the command shows, replays and discards them, and never a value', async () => {
  const value = `Marker${randomBytes(9).toString('hex')}`;
  const [repaired, lost] = [sealed('REPAIRED', value), sealed('LOST', value)];
  const deadLetter = await fail(repaired);
  const other = await fail(lost);
  const listed = await command('list');
  expect([listed.code, listed.err]).toEqual([0, '2 dead letters\n']);
  for (const text of [deadLetter.id, other.id, 'main/company.team/REPAIRED', 'corrupt', lost.operation]) {
    expect(listed.out).toContain(text);
  }
  expect(listed.out).not.toContain(value);

  await repair(deadLetter, repaired);
  expect(await command('replay', deadLetter.id)).toEqual({
    code: 0,
    out: `1/1  ${deadLetter.id}  queued, operation ${repaired.operation}\n`,
    err: '',
  });
  await isIn(repaired, 'applied');
  expect((await command('replay', deadLetter.id)).code).toBe(1);
  expect(await command('discard', '--all')).toMatchObject({ code: 0, out: `1/1  ${other.id}  discarded\n` });
  expect((await command('list')).err).toBe('0 dead letters\n');
});

it('writes are ready only while the queue takes them; reads are', async () => {
  const status = async (path: string): Promise<number> => (await coffer.api.call('GET', path)).status;
  expect([await status('/health/ready'), await status('/health/ready/writes')]).toEqual([200, 200]);
  await coffer.standalone.messaging.producer.close();
  const writes = await coffer.api.call('GET', '/health/ready/writes');
  expect([writes.status, writes.json()['details']]).toEqual([503, { queue: 'unreachable' }]);
  expect(await status('/health/ready')).toBe(200);
  expect((await coffer.api.put(NAMESPACE, { key: 'KEY', value: 'v' })).status).toBe(503);
});
