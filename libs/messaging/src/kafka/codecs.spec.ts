import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import { mutation, RECORDS } from '../suite/examples.js';
import { decodeDeadLetter, encodeDeadLetter, deadLetterIdOf } from './dead-letter-codec.js';
import { decodeLogRecord, encodeLogRecord } from './log-codec.js';
import { decodeMutation, encodeMutation } from './mutation-codec.js';

const PLACE = 'coffer.secret.mutations-3-17';
const LONGEST = 4_096;

/** Sometimes one of ours with one field changed to anything. */
const jsonOf = (examples: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.json(),
    fc.tuple(fc.constantFrom(...examples), fc.nat(), fc.jsonValue()).map(([text, number, value]) => {
      const example = JSON.parse(text) as Record<string, unknown>;
      const names = Object.keys(example);
      return JSON.stringify({ ...example, [names[number % names.length] ?? '']: value });
    }),
  );

const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array));
const names = [
  ...['schema', 'operation', 'kind', 'path', 'fingerprint', 'sent-at', 'traceparent'],
  ...['dead-letter-code', 'dead-letter-time'],
];
const header = fc.oneof(
  bytes,
  fc.string(),
  fc.constantFrom('1', 'put', '9'.repeat(30), 'x'.repeat(10_000), '-1', 'NaN'),
);
const message = fc.record({
  key: fc.option(fc.oneof(bytes, fc.constant(Buffer.alloc(10_000, 'k')))),
  value: fc.option(bytes),
  headers: fc.dictionary(fc.constantFrom(...names), fc.oneof(header, fc.array(header))),
}) as fc.Arbitrary<Pick<KafkaMessage, 'key' | 'value' | 'headers'>>;

describe('what somebody puts into the topics', () => {
  it('is a record of the log, or none; only one of a newer version ends the process', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          jsonOf(RECORDS.map(encodeLogRecord)).map((text) => Buffer.from(text)),
        ),
        (value) => {
          let record: unknown;
          try {
            record = decodeLogRecord(value);
          } catch (error) {
            const { schema } = JSON.parse(value.toString('utf8')) as { schema: number };
            expect([CofferError.is(error, 'configuration'), schema > 1]).toEqual([true, true]);
            return;
          }
          if (record !== undefined) expect(record).toHaveProperty('type');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is a mutation that can become a dead letter, whose texts fit into a record of the log', () => {
    fc.assert(
      fc.property(message, (anything) => {
        const record = decodeMutation(anything, PLACE);
        expect(['put', 'patch', 'delete', 'drop']).toContain(record.kind);
        expect(Number.isSafeInteger(record.sentAt)).toBe(true);
        for (const text of [record.operation, record.path]) {
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(LONGEST);
        }
        expect(record.fingerprint.length).toBeLessThanOrEqual(LONGEST);
        expect(() => encodeMutation(record)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it('is a dead letter that can be shown', () => {
    fc.assert(
      fc.property(message, (anything) => {
        deadLetterIdOf(anything);
        const deadLetter = decodeDeadLetter('1-1', anything as KafkaMessage);
        expect(() => new Date(deadLetter.time).toISOString()).not.toThrow();
        expect(() => encodeDeadLetter(deadLetter)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it('is what was put there, where Coffer did', () => {
    const sent = { ...mutation('main/ns/%2Fkey', 'operation'), traceparent: '00-aa-bb-01' };
    expect(decodeMutation(encodeMutation(sent), PLACE)).toEqual({ ...sent, body: Buffer.from(sent.body) });
  });
});
