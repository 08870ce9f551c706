import { randomUUID } from 'node:crypto';
import { DEFAULT_TIMING } from '@coffer/coherence';
import { openKafkaMessaging, type OpenKafkaMessaging, type SigningKeys } from '@coffer/messaging';
import { systemClock } from '@coffer/secrets';
import { recordsOfWrite } from './records.js';

/** Records appended at a time. */
const BATCH = 500;

/** A log of its own with so many records in it. */
export interface FilledLog {
  readonly records: number;
  /** Reads all of it once; answers the processor time of this process, in microseconds per record. */
  read(): Promise<number>;
  close(): Promise<void>;
}

const open = (brokers: readonly string[], keys: SigningKeys, name: string): Promise<OpenKafkaMessaging> =>
  openKafkaMessaging({
    configuration: { brokers: [...brokers], topic: { replicationFactor: 1 } },
    topology: { partitions: 1, shards: 1 },
    windowMs: DEFAULT_TIMING.windowMs,
    clock: systemClock,
    ring: keys,
    log: () => undefined,
    onFatal: (error) => {
      throw error;
    },
    topics: { mutations: `${name}.mutations`, coherence: `${name}.coherence`, deadLetters: `${name}.dead-letters` },
    groups: { workers: `${name}.workers`, coordinators: `${name}.coordinators` },
    publishes: false,
  });

/** Fills a log through the product's own writer, and reads it through its own reader. */
export const fillLog = async (brokers: readonly string[], keys: SigningKeys, writes: number): Promise<FilledLog> => {
  const { messaging, close } = await open(brokers, keys, `mac-${randomUUID()}`);
  const records = Array.from({ length: writes }, (_, number) => recordsOfWrite(number)).flat();
  for (let from = 0; from < records.length; from += BATCH) {
    await Promise.all(records.slice(from, from + BATCH).map((record) => messaging.log.append(0, record)));
  }
  const read = async (): Promise<number> => {
    const { promise: first, resolve: began } = Promise.withResolvers<NodeJS.CpuUsage>();
    const { promise: last, resolve: done } = Promise.withResolvers<NodeJS.CpuUsage>();
    let count = 0;
    const tail = await messaging.log.tail([0], {
      read: () => {
        count += 1;
        // From the first record on: what it takes to join Kafka is no reading.
        if (count === 1) began(process.cpuUsage());
        if (count === records.length) done(process.cpuUsage());
      },
    });
    const [before, after] = [await first, await last];
    await tail.close();
    return (after.user + after.system - before.user - before.system) / records.length;
  };
  return { records: records.length, read, close };
};
