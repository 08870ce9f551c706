import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import type { SigningKeys } from '@coffer/messaging';
import { SecretValue } from '@coffer/secrets';
import { property } from '../harness/property.js';
import { Cluster } from '../cluster/index.js';
import { combine, show, type Outcome } from '../harness/outcome.js';
import { medianOf } from './comparison/sample.js';
import { measureCodec, type CodecCost } from './mac/codec-cost.js';
import { fillLog } from './mac/reader-cost.js';
import { measureWrites } from './mac/write-cost.js';

/** A key ring as every process has it. */
const realKeys = (): Promise<KeyRing> =>
  KeyRing.derive([{ id: '2026-11', secret: new SecretValue(randomBytes(32).toString('base64')), active: true }]);

/** The same frame around each record, and no MAC computed: what everything costs without it. */
const NO_MAC: SigningKeys = {
  activeId: '2026-11',
  onChange: () => () => undefined,
  ids: ['2026-11'],
  sign: () => Buffer.alloc(32),
  verifies: () => true,
};

interface MacOptions {
  /** Each with and without MACs, in turns. */
  readonly rounds: number;
  /** Records signed and verified in a round. */
  readonly records: number;
  /** Writes whose records a log is filled with and read again. */
  readonly logged: number;
  /** Writes through the running system. */
  readonly writes: number;
}

const AIM_PERCENT = '≤ 5';
/** A write alone: PREPARE, CLEARED, COMMIT; read by gateway, worker and coordinator. */
const RECORDS_PER_WRITE = 3;
const READERS = 3;

const rounded = (value: number): number => Math.round(value * 100) / 100;
const percent = (part: number, whole: number): number => rounded((100 * part) / whole);

/** The median over the rounds of what a round with MACs takes beyond the one without beside it. */
const costOf = (pairs: readonly (readonly [number, number])[]): number =>
  medianOf(pairs.map(([withMac, without]) => withMac - without));

const paired = async <T>(rounds: number, withMac: () => T | Promise<T>, without: () => T | Promise<T>) => {
  const pairs: (readonly [T, T])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first takes turns as well.
    if (round % 2 === 0) pairs.push([await withMac(), await without()]);
    else {
      const second = await without();
      pairs.push([await withMac(), second]);
    }
  }
  return pairs;
};

const codec = async (rounds: number, records: number): Promise<{ outcome: Outcome; cost: CodecCost }> => {
  const keys = await realKeys();
  // Compiled before it counts.
  for (const each of [keys, NO_MAC]) measureCodec(each, records);
  const pairs = await paired(
    rounds,
    () => measureCodec(keys, records),
    () => measureCodec(NO_MAC, records),
  );
  const cost = {
    write: costOf(pairs.map(([a, b]) => [a.write, b.write])),
    read: costOf(pairs.map(([a, b]) => [a.read, b.read])),
  };
  return {
    cost,
    outcome: combine(
      show('Signing a record of the log', rounded(cost.write), 'µs of processor time'),
      show('Verifying a record of the log', rounded(cost.read), 'µs of processor time'),
    ),
  };
};

const reader = async (brokers: readonly string[], rounds: number, writes: number): Promise<Outcome> => {
  const [signed, unsigned] = [await fillLog(brokers, await realKeys(), writes), await fillLog(brokers, NO_MAC, writes)];
  try {
    for (const log of [signed, unsigned]) await log.read();
    const pairs = await paired(
      rounds,
      () => signed.read(),
      () => unsigned.read(),
    );
    return combine(
      show(
        'Reading a log of many records from Kafka, for each without its MAC',
        rounded(medianOf(pairs.map(([, without]) => without))),
        'µs of processor time',
      ),
      show('What its MAC adds to it', rounded(costOf(pairs)), 'µs of processor time'),
    );
  } finally {
    await Promise.all([signed.close(), unsigned.close()]);
  }
};

/** What MACs cost, in processor time: each record, a reader of the log, and a write of the running system. */
const macProperty = async (cluster: Cluster, options: MacOptions): Promise<Outcome> => {
  const { outcome, cost } = await codec(options.rounds, options.records);
  const read = await reader(cluster.brokers, options.rounds, options.logged);
  await measureWrites(cluster, options.writes);
  const write = await measureWrites(cluster, options.writes);
  const inWrite = RECORDS_PER_WRITE * (cost.write + READERS * cost.read);
  const share = (figure: string, value: number): Outcome => ({
    figures: [{ figure, value, unit: '%', aim: AIM_PERCENT }],
    problems: [],
  });
  return combine(
    outcome,
    read,
    show('A write over Kafka: gateway, worker and coordinator', Math.round(write.writing), 'µs of processor time'),
    share('MACs in it', percent(inWrite, write.writing)),
    show('A write over Kafka: a gateway that only reads the log', Math.round(write.reading), 'µs of processor time'),
    share('MACs in it, for a reader', percent(RECORDS_PER_WRITE * cost.read, write.reading)),
  );
};

export default property({
  name: 'mac',
  title: 'Cost of the authenticated log',
  shows:
    'What signing and verifying costs, in processor time: a record, a reader of the log and a write over Kafka, each beside the same without.',
  servers: ['postgresql'],
  ownServers: ['kafka'],
  quick: { rounds: 2, records: 300, logged: 50, writes: 32 },
  full: { rounds: 15, records: 20_000, logged: 10_000, writes: 5_000 },
  run: (options) =>
    Cluster.use({ counts: { 'secret-worker': 1, 'cache-invalidator': 1 } }, (cluster) => macProperty(cluster, options)),
});
