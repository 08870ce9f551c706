import { decodeLogRecord, encodeLogRecord, LogAuthenticator, TOPICS, type SigningKeys } from '@coffer/messaging';
import { recordsOfWrite } from './records.js';

/** Processor time of one record, in microseconds. */
export interface CodecCost {
  readonly write: number;
  readonly read: number;
}

const TIME = 1_700_000_000_000;

/** Microseconds of processor time that a call takes, over so many. */
const processorTimeOf = (count: number, call: (number: number) => void): number => {
  const before = process.cpuUsage();
  for (let number = 0; number < count; number += 1) call(number);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
};

/** What encoding and signing a record costs its writer, and verifying and decoding it each reader. */
export const measureCodec = (keys: SigningKeys, count: number): CodecCost => {
  const log = new LogAuthenticator(keys, TOPICS.coherence);
  const records = Array.from({ length: 100 }, (_, number) => recordsOfWrite(number)).flat();
  const signed = records.map((record) => log.sign(0, encodeLogRecord(record), TIME));
  const pick = <T>(items: readonly T[], number: number): T => items[number % items.length] as T;
  return {
    write: processorTimeOf(count, (number) => void log.sign(0, encodeLogRecord(pick(records, number)), TIME)),
    read: processorTimeOf(count, (number) => {
      const verified = log.verify(0, pick(signed, number));
      if (typeof verified === 'string' || decodeLogRecord(verified.record) === undefined) {
        throw new Error('a record of the measurement did not verify');
      }
    }),
  };
};
