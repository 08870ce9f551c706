import { fenceOf, generationOf, MAX_OFFSET, type Fence } from '@coffer/secrets';

/** What a version holds: a secret's value, or the mark that there is none any more. */
export type VersionKind = 'value' | 'tombstone';

export interface OwnVersion {
  readonly fence: Fence;
  readonly kind: VersionKind;
  /** Puts and deletes of the secret, this one included. */
  readonly revision: number;
}

const KINDS: readonly VersionKind[] = ['value', 'tombstone'];
const OWN = /^c0ffe([0-9a-f]{3})-([0-9a-f]{4})-8([0-9a-f]{3})-8([0-9a-f]{3})-([0-9a-f]{12})$/;
export const MAX_ATTEMPT = 0xf;
/** A revision has 31 bits, and stays at the highest. */
const MAX_REVISION = 2 ** 31 - 1;

const hex = (number: number | bigint, digits: number): string => number.toString(16).padStart(digits, '0');

/**
 * The id of a version that Coffer makes, in the shape of a UUID version 8 (RFC 9562): a mark, the generation and the offset, and
 * nine digits between them: a bit of kind with 31 bits of revision, and a digit of attempt. AWS accepts a token again with the
 * same content, changes nothing then, and refuses it with another. A further attempt is for a version that exists already and
 * must become the current one by being written.
 */
export const versionIdOf = ({ fence, kind, revision }: OwnVersion, attempt = 0): string => {
  const count = KINDS.indexOf(kind) * (MAX_REVISION + 1) + Math.min(revision, MAX_REVISION);
  const digits = hex(count, 8) + hex(attempt, 1);
  const parts = [
    `c0ffe${digits.slice(0, 3)}`,
    hex(generationOf(fence), 4),
    `8${digits.slice(3, 6)}`,
    `8${digits.slice(6)}`,
    hex(fence & MAX_OFFSET, 12),
  ];
  return parts.join('-');
};

/** `undefined` for a version that was made outside Coffer. */
export const ownVersionOf = (versionId: string | undefined): OwnVersion | undefined => {
  const [, first, generation, middle, last, offset] = OWN.exec(versionId?.toLowerCase() ?? '') ?? [];
  if (generation === undefined || offset === undefined) return undefined;
  const count = Number.parseInt(`${first}${middle}${last}`.slice(0, 8), 16);
  const [kind, revision] = [KINDS[Math.floor(count / (MAX_REVISION + 1))], count % (MAX_REVISION + 1)];
  const number = Number.parseInt(generation, 16);
  if (kind === undefined || revision < 1 || number < 1 || number > 0x7fff) return undefined;
  return { fence: fenceOf(number, BigInt(`0x${offset}`)), kind, revision };
};
