import { createSecretKey, hkdfSync } from 'node:crypto';
import { lengthPrefixed } from './length-prefixed.js';
import { derivePurposeKeys, HMAC_PURPOSES, SEAL_PURPOSES } from './purpose.js';

describe('derivePurposeKeys', () => {
  const root = createSecretKey(Buffer.alloc(32, 7));
  const purposes = [...SEAL_PURPOSES, ...HMAC_PURPOSES];

  it.each(purposes)('derives the key for %s by HKDF from its name and the key id', (purpose) => {
    for (const keyId of ['k1', 'k2']) {
      const info = lengthPrefixed(['coffer/v1/purpose', purpose, keyId]);
      const expected = Buffer.from(hkdfSync('sha256', root, '', info, 32));
      expect(derivePurposeKeys(root, keyId)[purpose].export()).toEqual(expected);
    }
  });

  it('gives unrelated keys for each purpose, key id and root', () => {
    const sets = [
      derivePurposeKeys(root, 'k1'),
      derivePurposeKeys(root, 'k2'),
      derivePurposeKeys(createSecretKey(Buffer.alloc(32, 8)), 'k1'),
    ];
    const keys = sets.flatMap((set) => Object.values(set).map((each) => each.export().toString('hex')));
    expect(new Set(keys).size).toBe(3 * purposes.length);
  });
});
