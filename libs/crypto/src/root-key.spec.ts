import { createHash, randomBytes, scryptSync } from 'node:crypto';
import { SecretValue } from '@coffer/secrets';
import { deriveRootKey } from './root-key.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(180_000);

const derive = (secret: string, id = 'k1', minimum = 32) => deriveRootKey(id, new SecretValue(secret), minimum);

describe('deriveRootKey', () => {
  const passphrase = 'correct horse battery staple, and then some';

  it('stretches a secret by scrypt N=2^17, r=8, p=1 with a salt of its own per key id', async () => {
    const field = (text: string) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      return Buffer.concat([length, Buffer.from(text)]);
    };
    const salt = createHash('sha256')
      .update(Buffer.concat([Buffer.from([0, 0, 0, 2]), field('coffer/v1/root-key-salt'), field('k1')]))
      .digest();
    const expected = scryptSync(passphrase, salt, 32, { N: 131_072, r: 8, p: 1, maxmem: 2 ** 28 });
    expect((await derive(passphrase)).export()).toEqual(expected);
    expect((await derive(passphrase, 'k2')).export()).not.toEqual(expected);
  });

  it('takes 32 bytes of base64 as they are, with a newline after them too', async () => {
    const bytes = randomBytes(32);
    expect((await derive(bytes.toString('base64'))).export()).toEqual(bytes);
    expect((await derive(`${bytes.toString('base64')}\n`)).export()).toEqual(bytes);
  });

  it('stretches what only looks like base64 of 32 bytes', async () => {
    // Ends in bits that a canonical encoder leaves at zero.
    const notCanonical = `${'A'.repeat(42)}B=`;
    expect((await derive(notCanonical)).export()).not.toEqual(Buffer.alloc(32));
  });

  it('refuses a short secret, names the key and never quotes the secret', async () => {
    const short = 'x'.repeat(31);
    await expect(derive(short)).rejects.toMatchObject({ code: 'configuration', details: { key: 'k1' } });
    await expect(derive(short)).rejects.not.toThrow(short);
    await expect(derive('', 'k1', 0)).rejects.toMatchObject({ code: 'configuration' });
    await expect(derive('short', 'k1', 1)).resolves.toBeDefined();
  });

  it.each(['', 'a b', 'ä', '../x', 'x'.repeat(65)])('refuses the key id %p', async (id) => {
    await expect(derive(passphrase, id)).rejects.toMatchObject({ code: 'configuration' });
  });

  it.each(['k', 'A-z_0.9', 'x'.repeat(64)])('takes the key id %p', async (id) => {
    await expect(derive(randomBytes(32).toString('base64'), id)).resolves.toBeDefined();
  });

  it('says which minimum a secret misses, by characters and not by bytes', async () => {
    await expect(derive('\u{1f511}'.repeat(3), 'k1', 4)).rejects.toThrow(/key 'k1' .*at least 4 characters/);
    await expect(derive('\u{1f511}'.repeat(4), 'k1', 4)).resolves.toBeDefined();
    await expect(derive('', 'k1', 0)).rejects.toThrow(/at least 1 characters/);
  });

  it('stretches base64 of any other number of bytes', async () => {
    for (const bytes of [31, 33]) {
      const text = randomBytes(bytes).toString('base64');
      expect((await derive(text, 'k1', 1)).export()).not.toEqual(Buffer.from(text, 'base64'));
    }
  });
});
