import { lengthPrefixed, MAC_BYTES, type KeyRing } from '@coffer/crypto';

/** Why a record of the log is as if it were not there. */
export type LogRefusal =
  /** No record of Coffer at all. */
  | 'unsigned'
  /** Signed by a key that is not in the key ring. */
  | 'unknown-key'
  /** Changed, copied from another topic or partition, or made without the key. */
  | 'forged'
  /** A copy: appended long after it was signed. */
  | 'stale'
  /** Signed by a key of the ring, and nothing that this version understands. */
  | 'unreadable';

export interface Authenticated {
  readonly record: Buffer;
  /** When it was signed, by the log's clock as its writer knew it. */
  readonly sentAt: number;
}

/** As much of a key ring as signing takes. */
export type SigningKeys = Pick<KeyRing, 'activeId' | 'ids' | 'onChange' | 'sign' | 'verifies'>;

/** The layout never changes: what a later version writes must be known to be genuine before it is refused. */
const LAYOUT = 1;
const TIME_BYTES = 6;
const HEAD_BYTES = 2;
/** Whoever may write to the topic makes up ids. */
const MAX_UNKNOWN_KEYS = 64;

/**
 * Signs the records of one topic, each for its partition, and knows them again:
 * layout(1) ‖ length of id(1) ‖ key id ‖ MAC(32) ‖ time(6) ‖ record. The MAC is over topic, partition, time and record.
 */
export class LogAuthenticator {
  readonly #contexts: Buffer[] = [];
  /** What each record of this process begins with, under the key that was active when it was made. */
  #head = Buffer.alloc(0);
  #headKeyId: string | undefined;
  readonly #unknownKeys = new Set<string>();

  constructor(
    private readonly ring: SigningKeys,
    private readonly topic: string,
  ) {}

  /** Ids of keys that records were passed over for lack of, at most `MAX_UNKNOWN_KEYS`. */
  get unknownKeys(): ReadonlySet<string> {
    return this.#unknownKeys;
  }

  sign(partition: number, record: string, sentAt: number): Buffer {
    this.#useActiveKey();
    const signedAt = this.#head.length + MAC_BYTES;
    const signed = Buffer.allocUnsafe(signedAt + TIME_BYTES + Buffer.byteLength(record));
    this.#head.copy(signed);
    signed.writeUIntBE(sentAt, signedAt, TIME_BYTES);
    signed.write(record, signedAt + TIME_BYTES);
    const mac = this.ring.sign('kafka-mac', this.#context(partition), signed.subarray(signedAt));
    mac.copy(signed, this.#head.length);
    return signed;
  }

  /** Never throws. The record is a view of `signed`. */
  verify(partition: number, signed: Buffer | null): Authenticated | LogRefusal {
    if (signed === null || signed.length < HEAD_BYTES || signed[0] !== LAYOUT) return 'unsigned';
    const macAt = HEAD_BYTES + (signed[1] ?? 0);
    const signedAt = macAt + MAC_BYTES;
    if (signed.length < signedAt + TIME_BYTES) return 'unsigned';
    const keyId = signed.toString('latin1', HEAD_BYTES, macAt);
    const mac = signed.subarray(macAt, signedAt);
    if (!this.ring.verifies(keyId, 'kafka-mac', this.#context(partition), signed.subarray(signedAt), mac)) {
      if (this.ring.ids.includes(keyId)) return 'forged';
      if (this.#unknownKeys.size < MAX_UNKNOWN_KEYS) this.#unknownKeys.add(keyId);
      return 'unknown-key';
    }
    return { record: signed.subarray(signedAt + TIME_BYTES), sentAt: signed.readUIntBE(signedAt, TIME_BYTES) };
  }

  #useActiveKey(): void {
    const { activeId } = this.ring;
    if (activeId === this.#headKeyId) return;
    this.#head = Buffer.concat([Buffer.of(LAYOUT, activeId.length), Buffer.from(activeId, 'latin1')]);
    this.#headKeyId = activeId;
  }

  #context(partition: number): Buffer {
    return (this.#contexts[partition] ??= lengthPrefixed(['coffer/v1/log', this.topic, String(partition)]));
  }
}
