import { createHash } from 'node:crypto';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { lengthPrefixed } from '@coffer/crypto';
import { LogAuthenticator, type LogRefusal, type SigningKeys } from './log-authenticator.js';

const SIGNATURE = 'signature';
/** Their topic has one. */
const PARTITION = 0;

type Signable = Pick<Message, 'key' | 'value' | 'headers'>;

const bytesOf = (part: Buffer | string | null | undefined): Buffer => Buffer.from(part ?? '');

const headersOf = (headers: IHeaders | undefined): (string | Buffer)[] =>
  Object.entries(headers ?? {})
    .filter(([name]) => name !== SIGNATURE)
    .sort(([name], [other]) => (name < other ? -1 : 1))
    .flatMap(([name, value]) => [bytesOf(name), lengthPrefixed([value ?? ''].flat().map(bytesOf))]);

/** Digest of all that a message says: its key, its headers, its value, and whether it has one. */
const digestOf = ({ key, value, headers }: Signable): string =>
  createHash('sha256')
    .update(lengthPrefixed([bytesOf(key), value === null ? 'tombstone' : 'letter', ...headersOf(headers)]))
    .update(bytesOf(value))
    .digest('base64');

/**
 * Signs what goes into the topic of dead letters, letters and tombstones alike, so that nobody who lacks the keys can show an
 * operator a write that none has made, or hide one. The signature is a header.
 */
export class DeadLetterAuthenticator {
  readonly #authenticator: LogAuthenticator;

  constructor(ring: SigningKeys, topic: string) {
    this.#authenticator = new LogAuthenticator(ring, topic);
  }

  /** Whether messages were passed over for want of a key. */
  get lacksKeys(): boolean {
    return this.#authenticator.unknownKeys.size > 0;
  }

  sign<T extends Signable>(message: T, time: number): T {
    const signature = this.#authenticator.sign(PARTITION, digestOf(message), time);
    return { ...message, headers: { ...message.headers, [SIGNATURE]: signature } };
  }

  /** Why a message is as if it were not there; `undefined` for one that is genuine. Never throws. */
  refusalOf(message: Pick<KafkaMessage, 'key' | 'value' | 'headers'>): LogRefusal | undefined {
    const signature = message.headers?.[SIGNATURE];
    if (!Buffer.isBuffer(signature)) return 'unsigned';
    const signed = this.#authenticator.verify(PARTITION, signature);
    if (typeof signed === 'string') return signed;
    return signed.record.toString() === digestOf(message) ? undefined : 'forged';
  }
}
