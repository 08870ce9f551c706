import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decrypt, encrypt } from './aes-gcm.js';
import { hkdf } from './hkdf.js';

interface GcmVector {
  tcId: number;
  key: string;
  iv: string;
  aad: string;
  msg: string;
  ct: string;
  tag: string;
  result: 'valid' | 'invalid';
}

interface HkdfVector {
  tcId: number;
  ikm: string;
  salt: string;
  info: string;
  size: number;
  okm: string;
  result: 'valid' | 'invalid';
}

const vectors = <T>(file: string): T[] =>
  JSON.parse(readFileSync(join(__dirname, '..', 'vectors', file), 'utf8')) as T[];
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const keyOf = (text: string): KeyObject => createSecretKey(text, 'hex');

describe('AES-256-GCM against Wycheproof', () => {
  const all = vectors<GcmVector>('aes-256-gcm.json');
  const valid = all.filter((vector) => vector.result === 'valid');
  const invalid = all.filter((vector) => vector.result === 'invalid');

  it('has 39 valid and 27 invalid vectors', () => {
    expect([valid.length, invalid.length]).toEqual([39, 27]);
  });

  it.each(valid)('encrypts and decrypts $tcId', ({ key, iv, aad, msg, ct, tag }) => {
    expect(encrypt(keyOf(key), hex(iv), hex(aad), hex(msg)).toString('hex')).toBe(ct + tag);
    expect(decrypt(keyOf(key), hex(iv), hex(aad), hex(ct), hex(tag)).toString('hex')).toBe(msg);
  });

  it.each(invalid)('refuses $tcId', ({ key, iv, aad, ct, tag }) => {
    expect(() => decrypt(keyOf(key), hex(iv), hex(aad), hex(ct), hex(tag))).toThrow();
  });

  it.each([0, 4, 8, 12, 13, 14, 15, 17])('refuses a right tag cut or stretched to %d bytes', (bytes) => {
    const [{ key, iv, aad, ct, tag }] = valid as [GcmVector];
    const other = hex(`${tag}00`).subarray(0, bytes);
    expect(() => decrypt(keyOf(key), hex(iv), hex(aad), hex(ct), other)).toThrow();
  });
});

describe('HKDF-SHA256 against Wycheproof', () => {
  const all = vectors<HkdfVector>('hkdf-sha256.json');
  const valid = all.filter((vector) => vector.result === 'valid');
  const invalid = all.filter((vector) => vector.result === 'invalid');

  it('has 83 valid and 3 invalid vectors', () => {
    expect([valid.length, invalid.length]).toEqual([83, 3]);
  });

  it.each(valid)('derives $tcId', ({ ikm, salt, info, size, okm }) => {
    expect(hkdf(keyOf(ikm), hex(salt), hex(info), size).toString('hex')).toBe(okm);
  });

  it.each(invalid)('refuses $tcId: more than 255 blocks', ({ ikm, salt, info, size }) => {
    expect(() => hkdf(keyOf(ikm), hex(salt), hex(info), size)).toThrow();
  });
});
