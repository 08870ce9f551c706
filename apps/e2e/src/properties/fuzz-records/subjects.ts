import { randomBytes } from 'node:crypto';
import type { LogRecord } from '@coffer/coherence';
import { KeyRing, type SealContext } from '@coffer/crypto';
import {
  decodeDeadLetter,
  decodeLogRecord,
  decodeMutation,
  encodeDeadLetter,
  encodeMutation,
  encodeLogRecord,
  LogAuthenticator,
  MessageSealer,
} from '@coffer/messaging';
import { fenceOf, SecretPath, SecretValue } from '@coffer/secrets';

/** One way of reading bytes that somebody else may have changed. */
export interface FuzzSubject {
  readonly seeds: readonly Buffer[];
  /** Whether they were taken for what Coffer wrote. */
  read(bytes: Buffer): boolean;
  isSeed(bytes: Buffer): boolean;
  /** Whether what is changed may be right: nothing but what surrounds it is authenticated. */
  readonly mayAccept?: true;
}

const PATH = SecretPath.of('main', 'company.team', 'API_KEY');
const OPERATION = '0198c0de-0000-7000-8000-000000000001';
const PLACE = { partition: 3, sentAt: 1_700_000_000_000 };
const CONTEXT: SealContext = { purpose: 'kafka', path: PATH, operation: OPERATION, ...PLACE };
const owned = { partition: 3, owner: 7n, path: String(PATH), fence: fenceOf(1, 9n), operation: OPERATION };
const ended = { ...owned, kind: 'put', fingerprint: 'f' } as const;

const RECORDS: readonly LogRecord[] = [
  { type: 'EPOCH', claim: 'c' },
  { type: 'GRANT', epoch: 5n, leases: [{ instance: 'i', nonce: 4 }] },
  { type: 'HANDOVER', epoch: 5n, leases: [{ instance: 'i', remaining: 1.5 }] },
  { type: 'OWNER', partition: 3, claim: 'c' },
  { type: 'PREPARE', ...owned, prepareNumber: 1 },
  { type: 'CLEARED', epoch: 5n, prepareOffset: 6n },
  { type: 'COMMIT', ...ended, outcome: 'applied', sealed: new Uint8Array([1, 2, 3]) },
  { type: 'ABORT', ...ended, code: 'invalid', prepareOffset: 6n, seal: 's', claimed: true },
];

const subjectOf = (
  seeds: readonly Buffer[],
  read: (bytes: Buffer) => boolean,
  more: Pick<FuzzSubject, 'mayAccept'> = {},
): FuzzSubject => ({ seeds, read, isSeed: (bytes) => seeds.some((seed) => seed.equals(bytes)), ...more });

type Headers = Readonly<Record<string, string>>;

/** A message of Kafka as bytes, so that they can be changed: its key, a line for each header, and the value. */
const messageBytes = (key: unknown, headers: unknown, value: unknown): Buffer =>
  Buffer.concat([
    Buffer.from(
      [String(key), ...Object.entries(headers as Headers).map((entry) => entry.join(':'))].join('\n') + '\n\n',
      'latin1',
    ),
    value as Buffer,
  ]);

const messageOf = (bytes: Buffer) => {
  const end = bytes.indexOf('\n\n');
  const head = bytes.toString('latin1', 0, Math.max(0, end)).split('\n');
  const headers = Object.fromEntries(
    head.slice(1).map((line) => [line.slice(0, line.indexOf(':')), Buffer.from(line.slice(line.indexOf(':') + 1))]),
  );
  const key = head[0] === undefined ? null : Buffer.from(head[0]);
  return { key, headers, value: end < 0 ? null : bytes.subarray(end + 2) };
};

export const fuzzSubjects = async (): Promise<Readonly<Record<string, FuzzSubject>>> => {
  const ring = await KeyRing.derive([
    { id: 'k1', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  const values = [0, 1, 24, 1_000].map((length) => randomBytes(length));
  const signatures = new LogAuthenticator(ring, 'coffer.coherence');
  const sealer = new MessageSealer(ring);
  const mutation = { kind: 'put', path: PATH, value: new SecretValue('v'), metadata: { tags: [] } } as const;
  const sealed = sealer.sealMutation(mutation, { operation: OPERATION, fingerprint: 'f', ...PLACE });
  const { headers, value } = encodeMutation(sealed);
  const deadLetter = encodeDeadLetter({ id: 'coffer.mutations-3-9', mutation: sealed, code: 'invalid', time: 1 });
  const deadLetterBytes = messageBytes(deadLetter.key, deadLetter.headers, deadLetter.value);
  return {
    envelopes: subjectOf(
      values.map((plain) => ring.seal(plain, CONTEXT)),
      (bytes) => ring.open(bytes, CONTEXT).length >= 0,
    ),
    'signed records of the log': subjectOf(
      RECORDS.map((record) => signatures.sign(3, encodeLogRecord(record), PLACE.sentAt)),
      (bytes) => typeof signatures.verify(3, bytes) !== 'string',
    ),
    'records of the log': subjectOf(
      RECORDS.map((record) => Buffer.from(encodeLogRecord(record))),
      (bytes) => decodeLogRecord(bytes) !== undefined,
      { mayAccept: true },
    ),
    // The traceparent, the fingerprint and the key beside the path are bound to nothing.
    'queued mutations': subjectOf(
      [messageBytes(sealed.path, headers, value)],
      (bytes) => {
        const opened = sealer.openMutation(decodeMutation(messageOf(bytes), 'place'), PLACE.partition);
        if (String(opened.path) !== sealed.path || opened.kind !== 'put' || opened.value.reveal() !== 'v') {
          throw new Error('another mutation than was sealed');
        }
        return true;
      },
      { mayAccept: true },
    ),
    'dead letters': subjectOf(
      [deadLetterBytes],
      (bytes) => {
        const message = { ...messageOf(bytes), attributes: 0, offset: '9', timestamp: '1' };
        return decodeDeadLetter('coffer.mutations-3-9', message).code !== 'corrupt';
      },
      { mayAccept: true },
    ),
  };
};
