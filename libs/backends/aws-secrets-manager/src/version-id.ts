import { fenceOf, generationOf, MAX_OFFSET, type Fence } from '@coffer/secrets';

/** What a version holds: a secret's value, or the mark that there is none any more. */
export type VersionKind = 'value' | 'tombstone';

export interface OwnVersion {
  readonly fence: Fence;
  readonly kind: VersionKind;
}

const KINDS: readonly VersionKind[] = ['value', 'tombstone'];
const OWN = /^c0ffee00-([0-9a-f]{4})-8([0-9a-f]{3})-8([0-9a-f]{3})-([0-9a-f]{12})$/;
export const MAX_ATTEMPT = 0xfff;

const hex = (number: number | bigint, digits: number): string => number.toString(16).padStart(digits, '0');

/**
 * The id of a version that Coffer makes, in the shape of a UUID version 8 (RFC 9562): mark, generation, kind, attempt,
 * offset. AWS accepts a token again with the same content, changes nothing then, and refuses it with another. A further
 * attempt is for a version that exists already and must become the current one by being written.
 */
export const versionIdOf = (fence: Fence, kind: VersionKind, attempt = 0): string => {
  const parts = [
    'c0ffee00',
    hex(generationOf(fence), 4),
    `8${hex(KINDS.indexOf(kind), 3)}`,
    `8${hex(attempt, 3)}`,
    hex(fence & MAX_OFFSET, 12),
  ];
  return parts.join('-');
};

/** `undefined` for a version that was made outside Coffer. */
export const ownVersionOf = (versionId: string | undefined): OwnVersion | undefined => {
  const [, generation, kind, , offset] = OWN.exec(versionId?.toLowerCase() ?? '') ?? [];
  if (generation === undefined || kind === undefined || offset === undefined) return undefined;
  const known = KINDS[Number.parseInt(kind, 16)];
  const number = Number.parseInt(generation, 16);
  if (known === undefined || number < 1 || number > 0x7fff) return undefined;
  return { fence: fenceOf(number, BigInt(`0x${offset}`)), kind: known };
};
