import { hash } from 'node:crypto';
import type { Fence } from '@coffer/secrets';

/** 128 bits that stand for an operation, a fence or a fingerprint, as four words. */
export type Key = Uint32Array;

export const KEY_WORDS = 4;

const HYPHEN = 45;
const UUID_LENGTH = 36;
/** The length of an HMAC in hexadecimal. */
const FINGERPRINT_LENGTH = 64;
/** The length of 128 bits as unpadded base64url. */
const SEAL_LENGTH = 22;

const DIGITS = '0123456789abcdef';
/** The value of a lower-case hexadecimal digit by the code of its character; -1 for anything else. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) => DIGITS.indexOf(String.fromCharCode(code)));

/** The four digits from there on as a number; negative where one is no digit. */
const fourDigits = (text: string, at: number): number => {
  const first = VALUES[text.charCodeAt(at)] ?? -1;
  const second = VALUES[text.charCodeAt(at + 1)] ?? -1;
  const third = VALUES[text.charCodeAt(at + 2)] ?? -1;
  const fourth = VALUES[text.charCodeAt(at + 3)] ?? -1;
  return (first << 12) | (second << 8) | (third << 4) | fourth;
};

/** Where the eight groups of four digits begin. */
const UUID_GROUPS = [0, 4, 9, 14, 19, 24, 28, 32] as const;
const HEX_GROUPS = [0, 4, 8, 12, 16, 20, 24, 28] as const;

const readGroups = (text: string, groups: readonly number[], words: Key): boolean => {
  for (let word = 0; word < KEY_WORDS; word += 1) {
    const high = fourDigits(text, groups[2 * word] ?? 0);
    const low = fourDigits(text, groups[2 * word + 1] ?? 0);
    if ((high | low) < 0) return false;
    words[word] = (high << 16) | low;
  }
  return true;
};

const hasHyphens = (text: string): boolean =>
  text.charCodeAt(8) === HYPHEN &&
  text.charCodeAt(13) === HYPHEN &&
  text.charCodeAt(18) === HYPHEN &&
  text.charCodeAt(23) === HYPHEN;

/** The first 32 hexadecimal digits of a UUID or of a fingerprint as words; false where the text is neither. */
const readDigits = (text: string, words: Key): boolean => {
  if (text.length === UUID_LENGTH) return hasHyphens(text) && readGroups(text, UUID_GROUPS, words);
  return text.length === FINGERPRINT_LENGTH && readGroups(text, HEX_GROUPS, words);
};

const operation = new Uint32Array(KEY_WORDS);
const print = new Uint32Array(KEY_WORDS);
const seal = new Uint32Array(KEY_WORDS);
const sealBytes = Buffer.from(seal.buffer);
const fenced = new Uint32Array(KEY_WORDS);

const write = (text: string, words: Key): Key => {
  if (!readDigits(text, words))
    words.set(new Uint32Array(Uint8Array.from(hash('sha256', text, 'buffer').subarray(0, 16)).buffer));
  return words;
};

/** A UUID is its own 128 bits; any other id is represented by its hash. Valid until the next call. */
export const operationKey = (id: string): Key => write(id, operation);

/** The first 128 bits of a fingerprint, which is an HMAC in hexadecimal. Valid until the next call. */
export const fingerprintKey = (fingerprint: string): Key => write(fingerprint, print);

/** The key of a seal: its 128 bits; any other text is represented by its hash. Valid until the next call. */
export const sealKey = (text: string): Key => {
  const isSeal = text.length === SEAL_LENGTH && sealBytes.write(text, 'base64url') === sealBytes.length;
  return isSeal ? seal : write(text, seal);
};

/** Valid until the next call. */
export const fenceKey = (fence: Fence | bigint): Key => {
  fenced[0] = Number(fence >> 32n);
  fenced[1] = Number(fence & 0xffff_ffffn);
  return fenced;
};
