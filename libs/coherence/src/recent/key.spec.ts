import { randomBytes, randomUUID } from 'node:crypto';
import { fenceKey, fingerprintKey, operationKey, sealKey, type Key } from './key.js';

const hexOf = (key: Key): string => Array.from(key, (word) => word.toString(16).padStart(8, '0')).join('');

describe('the 128 bits that stand for an id', () => {
  it('are those of a UUID and the first ones of a fingerprint', () => {
    for (let count = 0; count < 100; count += 1) {
      const [id, fingerprint] = [randomUUID(), randomBytes(32).toString('hex')];
      expect(hexOf(operationKey(id))).toBe(id.replaceAll('-', ''));
      expect(hexOf(fingerprintKey(fingerprint))).toBe(fingerprint.slice(0, 32));
    }
  });

  it('are those of a seal', () => {
    for (let count = 0; count < 100; count += 1) {
      const bytes = randomBytes(16);
      expect(Buffer.from(sealKey(bytes.toString('base64url')).slice().buffer)).toEqual(bytes);
    }
  });

  it.each([
    ['an upper-case digit', '0190A6F0-0000-7000-8000-000000000000', '0190a6f0-0000-7000-8000-000000000000'],
    ['a letter that is no digit', '0190g6f0-0000-7000-8000-000000000000', '0190h6f0-0000-7000-8000-000000000000'],
    ['a character beyond ASCII', '0190é6f0-0000-7000-8000-000000000000', '0190è6f0-0000-7000-8000-000000000000'],
    ['a hyphen elsewhere', '0190a6f-00000-7000-8000-000000000000', '0190a6f0-0000-7000-8000-000000000000'],
    ['one digit less', '0190a6f0-0000-7000-8000-00000000000', '0190a6f0-0000-7000-8000-000000000000'],
    ['no text', '', '0'],
  ])('tell what is no UUID from another text: %s', (_, id, other) => {
    const key = hexOf(operationKey(id));
    expect(hexOf(operationKey(other))).not.toBe(key);
    expect(hexOf(operationKey(id))).toBe(key);
  });

  it('tell seals of another shape apart', () => {
    const texts = [
      '',
      '!',
      '!!!!!!!!!!!!!!!!!!!!!!',
      'AAAAAAAAAAAAAAAAAAAAAA',
      'AAAAAAAAAAAAAAAAAAAAA!',
      'AAAAAAAAAAAAAAAAAAAAAAA',
    ];
    expect(new Set(texts.map((text) => hexOf(sealKey(text)))).size).toBe(texts.length);
  });

  it('are the fence of a fence', () => {
    expect(Array.from(fenceKey((3n << 48n) | 7n))).toEqual([3 << 16, 7, 0, 0]);
  });
});
