import { BatchingSender, lingerAfter } from './batching-sender.js';
import { connectKafka } from './connection.js';
import { NOT_ENOUGH_REPLICAS, NOT_LEADER, ScriptedBrokers } from './scripted-brokers.fixture.js';

const TOPIC = 'topic';
const HASTY = { initialRetryTime: 10, maxRetryTime: 20, retries: 2 };

jest.setTimeout(60_000);

it.each([
  { records: 1, tookMs: 8, lingerMs: 0, because: 'a record that came alone tells of no others' },
  { records: 2, tookMs: 1, lingerMs: 3, because: 'a timer cannot tell much less' },
  { records: 2, tookMs: 8, lingerMs: 8, because: 'whoever is short of processor time gets fewer requests' },
  { records: 9, tookMs: 500, lingerMs: 10, because: 'no write waits for long' },
])('gathers for $lingerMs ms after $records records in $tookMs ms: $because', ({ records, tookMs, lingerMs }) => {
  expect(lingerAfter(records, tookMs)).toBe(lingerMs);
});

describe('a sender of records to partitions with different leaders', () => {
  let brokers: ScriptedBrokers;
  let sender: BatchingSender;

  const open = async (leaders: readonly number[]): Promise<void> => {
    brokers = await ScriptedBrokers.open(TOPIC, leaders);
    const kafka = connectKafka({ brokers: brokers.addresses, topic: {} }, () => undefined, HASTY);
    sender = new BatchingSender(kafka, TOPIC);
  };
  afterEach(async () => {
    brokers.close();
    await sender.close();
  });
  const taken = (partition: number): string =>
    (brokers.logs[partition] ?? []).map(({ records }) => String(records)).join();

  it('sends again what the client passes over, because the new leader has answered for other partitions', async () => {
    await open([0, 1]);
    brokers.react = ({ partition }) => {
      if (partition !== 1 || brokers.leaders[1] === 0) return 'append';
      brokers.leaders[1] = 0;
      return NOT_LEADER;
    };
    const sent = await Promise.all([
      sender.send(0, { value: 'first' }),
      sender.send(1, { value: 'second' }),
      sender.send(1, { value: 'third' }),
    ]);
    expect(sent.map(({ offset }) => offset)).toEqual([0n, 0n, 1n]);
    expect(taken(0)).toMatch(/first/);
    expect(taken(1)).toMatch(/second.*third/s);
  });

  it('says the first place of what the client sends twice, because its leader changed after it had answered', async () => {
    await open([0, 1]);
    let refused = false;
    brokers.react = ({ partition }) => {
      if (partition !== 1 || refused) return 'append';
      refused = true;
      brokers.leaders[0] = 1;
      return NOT_LEADER;
    };
    const sent = await Promise.all([sender.send(0, { value: 'first' }), sender.send(1, { value: 'second' })]);
    expect(sent.map(({ offset }) => offset)).toEqual([0n, 0n]);
    expect(brokers.logs[0]?.map(({ broker }) => broker)).toEqual([0, 1]);
  });

  it('goes on with the partitions of other leaders while one does not answer', async () => {
    await open([0, 1]);
    await Promise.all([sender.send(0, { value: 'known' }), sender.send(1, { value: 'known' })]);
    let answers = false;
    brokers.react = ({ partition }) => (partition === 0 || answers ? 'append' : NOT_ENOUGH_REPLICAS);
    const waiting = sender.send(1, { value: 'waits' });
    let settled = false;
    void waiting.catch(() => undefined).then(() => (settled = true));
    for (let count = 0; count < 5; count += 1) await sender.send(0, { value: `goes on ${count}` });
    expect(settled).toBe(false);
    answers = true;
    await waiting;
    expect(taken(1)).toMatch(/waits/);
  });

  it('says `unavailable` of what a leader refused, and never sends it again', async () => {
    await open([0]);
    brokers.react = () => NOT_ENOUGH_REPLICAS;
    await expect(sender.send(0, { value: 'refused' })).rejects.toMatchObject({ code: 'unavailable' });
    brokers.react = () => 'append';
    await sender.send(0, { value: 'next' });
    expect(taken(0)).not.toMatch(/refused/);
  });

  it.each(['append in silence', NOT_LEADER] as const)(
    'says `timeout` of what a leader answered with: %s',
    async (reaction) => {
      await open([0]);
      let requests = 0;
      brokers.react = () => {
        requests += 1;
        if (requests > 1) brokers.close();
        return reaction;
      };
      await expect(sender.send(0, { value: 'in doubt' })).rejects.toMatchObject({ code: 'timeout' });
    },
  );

  it('withdraws what was not sent, and sends what was gathered with it', async () => {
    await open([0]);
    const abort = new AbortController();
    let answers = false;
    brokers.react = () => {
      abort.abort();
      return answers ? 'append' : NOT_ENOUGH_REPLICAS;
    };
    const withdrawn = sender.send(0, { value: 'withdrawn' }, abort.signal);
    const kept = sender.send(0, { value: 'kept' });
    await expect(withdrawn).rejects.toMatchObject({ code: 'unavailable' });
    answers = true;
    await kept;
    expect(taken(0)).toMatch(/kept/);
    expect(taken(0)).not.toMatch(/withdrawn/);
  });
});
