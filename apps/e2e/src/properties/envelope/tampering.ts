import { randomBytes } from 'node:crypto';
import { KeyRing, SEAL_PURPOSES, type SealContext } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { movedPlaces } from './places.js';

export interface TamperingOptions {
  /** Lengths of the sealed values, in bytes. */
  readonly lengths: readonly number[];
}

/** How many envelopes were tried and how many of them were refused, as `corrupt` and with nothing given out. */
export interface Tally {
  tried: number;
  refused: number;
}

export interface Tampering {
  /** Untouched envelopes that opened to what was sealed: the control without which a refusal proves nothing. */
  readonly opened: { envelopes: number; whole: number };
  readonly flips: Tally;
  readonly cuts: Tally;
  readonly moves: Tally;
  readonly keys: Tally;
}

const ringOf = (id: string, secret: Buffer): Promise<KeyRing> =>
  KeyRing.derive([{ id, secret: new SecretValue(secret.toString('base64')), active: true }]);

const attempt = (tally: Tally, open: () => unknown): void => {
  tally.tried += 1;
  try {
    open();
  } catch (error) {
    if (CofferError.is(error, 'corrupt')) tally.refused += 1;
  }
};

const flipEveryBit = (tally: Tally, ring: KeyRing, sealed: Buffer, context: SealContext): void => {
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    attempt(tally, () => ring.open(changed, context));
  }
};

/** Every shorter length, cut at the end and cut at the beginning. */
const cutEveryLength = (tally: Tally, ring: KeyRing, sealed: Buffer, context: SealContext): void => {
  for (let length = 0; length < sealed.length; length += 1) {
    attempt(tally, () => ring.open(sealed.subarray(0, length), context));
    attempt(tally, () => ring.open(sealed.subarray(sealed.length - length), context));
  }
};

const contextsOf = (): SealContext[] =>
  SEAL_PURPOSES.flatMap((purpose): SealContext[] => {
    const path = { tenant: 'main', namespace: 'company.team', key: 'API_KEY' };
    return [
      { purpose, path },
      { purpose, path, operation: '0198c0de-0000-7000-8000-000000000001' },
      { purpose, path, operation: '0198c0de-0000-7000-8000-000000000001', partition: 3, sentAt: 1_700_000_000_000 },
    ];
  });

/** Tampers with envelopes of every purpose, with and without an operation, in every way that there is. */
export const tamper = async ({ lengths }: TamperingOptions): Promise<Tampering> => {
  const ring = await ringOf('k1', randomBytes(32));
  const otherSecret = await ringOf('k1', randomBytes(32));
  const otherId = await ringOf('k2', randomBytes(32));
  const [opened, tally] = [{ envelopes: 0, whole: 0 }, (): Tally => ({ tried: 0, refused: 0 })];
  const result: Tampering = { opened, flips: tally(), cuts: tally(), moves: tally(), keys: tally() };
  for (const context of contextsOf()) {
    for (const length of lengths) {
      const value = randomBytes(length);
      const sealed = ring.seal(value, context);
      opened.envelopes += 1;
      opened.whole += Number(ring.open(sealed, context).equals(value));
      flipEveryBit(result.flips, ring, sealed, context);
      cutEveryLength(result.cuts, ring, sealed, context);
      for (const place of movedPlaces(context)) attempt(result.moves, () => ring.open(sealed, place));
      for (const other of [otherSecret, otherId]) attempt(result.keys, () => other.open(sealed, context));
    }
  }
  return result;
};
