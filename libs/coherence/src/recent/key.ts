import { hash } from 'node:crypto';
import type { Fence } from '@coffer/secrets';

/** 128 bits that stand for an operation, a fence or a fingerprint, as four words. */
export type Key = Uint32Array;

export const KEY_WORDS = 4;

const HYPHEN = 45;
const LAST_WORDS_AT = [8, 13, 18, 23];

/** The value of a lower-case hexadecimal digit; -1 for anything else. */
const digitOf = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
};

/** The first 32 hexadecimal digits of the text as words, hyphens of a UUID passed over; false where that is not its shape. */
const readDigits = (text: string, words: Key): boolean => {
  const isUuid = text.length === 36;
  let [word, count] = [0, 0];
  for (let index = 0; count < 32; index += 1) {
    const code = text.charCodeAt(index);
    if (isUuid && LAST_WORDS_AT.includes(index)) {
      if (code !== HYPHEN) return false;
      continue;
    }
    const digit = digitOf(code);
    if (digit < 0) return false;
    word = (word << 4) | digit;
    count += 1;
    if (count % 8 === 0) {
      words[count / 8 - 1] = word;
      word = 0;
    }
  }
  return true;
};

const operation = new Uint32Array(KEY_WORDS);
const print = new Uint32Array(KEY_WORDS);
const seal = new Uint32Array(KEY_WORDS);
const fenced = new Uint32Array(KEY_WORDS);

const write = (text: string, words: Key): Key => {
  const isHex = (text.length === 36 || text.length === 64) && readDigits(text, words);
  if (!isHex) words.set(new Uint32Array(Uint8Array.from(hash('sha256', text, 'buffer').subarray(0, 16)).buffer));
  return words;
};

/** A UUID is its own 128 bits; any other id is represented by its hash. Valid until the next call. */
export const operationKey = (id: string): Key => write(id, operation);

/** The first 128 bits of a fingerprint, which is an HMAC in hexadecimal. Valid until the next call. */
export const fingerprintKey = (fingerprint: string): Key => write(fingerprint, print);

/** Of what a mutation was sealed as. Valid until the next call. */
export const sealKey = (text: string): Key => write(text, seal);

/** Valid until the next call. */
export const fenceKey = (fence: Fence | bigint): Key => {
  fenced[0] = Number(fence >> 32n);
  fenced[1] = Number(fence & 0xffff_ffffn);
  return fenced;
};
