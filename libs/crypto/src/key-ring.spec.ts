import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CofferError, SecretPath, SecretValue } from '@coffer/secrets';
import {
  HMAC_PURPOSES,
  KeyRing,
  lengthPrefixed,
  MAC_BYTES,
  SEAL_PURPOSES,
  type KeySource,
  type SealContext,
} from './index.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(180_000);

const source = (id: string, active: boolean, bytes: Uint8Array = randomBytes(32)): KeySource => ({
  id,
  secret: new SecretValue(Buffer.from(bytes).toString('base64')),
  active,
});

const path = SecretPath.of('main', 'company.team', 'API_KEY');
const context: SealContext = { purpose: 'kafka', path, operation: '0198c0de-0000-7000-8000-000000000001' };
const secret = Buffer.from('a value that nobody may see');

/** Every refusal must be this one error, and must say nothing of the content. */
const refused = (attempt: () => unknown): boolean => {
  try {
    attempt();
  } catch (error) {
    if (!CofferError.is(error, 'corrupt')) throw error;
    return !error.message.includes('nobody') && error.cause === undefined;
  }
  return false;
};

describe('KeyRing', () => {
  let ring: KeyRing;
  beforeAll(async () => {
    ring = await KeyRing.derive([source('k1', true)]);
  });

  describe('seal and open', () => {
    const field = fc.string({ unit: 'grapheme' });

    it('gives back what was sealed, whatever the bytes and the place', () => {
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 5000 }),
          fc.record({ tenant: field, namespace: field, key: field }),
          fc.constantFrom(...SEAL_PURPOSES),
          fc.option(field, { nil: undefined }),
          (plaintext, where, purpose, operation) => {
            const at: SealContext = { purpose, path: where, ...(operation === undefined ? {} : { operation }) };
            expect(ring.open(ring.seal(plaintext, at), at)).toEqual(Buffer.from(plaintext));
          },
        ),
      );
    });

    it('opens an envelope that is a view into a larger buffer', () => {
      const sealed = ring.seal(secret, context);
      const larger = new Uint8Array(sealed.length + 20).fill(7);
      larger.set(sealed, 9);
      expect(ring.open(larger.subarray(9, 9 + sealed.length), context)).toEqual(secret);
    });

    it('seals the same value differently each time, without a trace of the value', () => {
      const envelopes = Array.from({ length: 50 }, () => ring.seal(secret, context));
      expect(new Set(envelopes.map((envelope) => envelope.toString('hex'))).size).toBe(50);
      for (const envelope of envelopes) expect(envelope.includes('nobody')).toBe(false);
    });

    it('adds 86 bytes and the key id', () => {
      expect(ring.seal(secret, context)).toHaveLength(secret.length + 86 + 'k1'.length);
    });

    it('refuses a place that is no well-formed text', () => {
      const at: SealContext = { purpose: 'sql', path: { tenant: 'main', namespace: 'a', key: '\udfff' } };
      expect(() => ring.seal(secret, at)).toThrow(expect.objectContaining({ code: 'invalid' }));
    });
  });

  describe('tampering', () => {
    it('refuses each of the 920 envelopes with one bit flipped', () => {
      const sealed = ring.seal(secret, context);
      let refusals = 0;
      for (let bit = 0; bit < sealed.length * 8; bit += 1) {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        if (refused(() => ring.open(changed, context))) refusals += 1;
      }
      expect([sealed.length * 8, refusals]).toEqual([920, 920]);
      expect(ring.open(sealed, context)).toEqual(secret);
    });

    it('refuses each of the 115 truncations, from either end, and every extension', () => {
      const sealed = ring.seal(secret, context);
      let refusals = 0;
      for (let length = 0; length < sealed.length; length += 1) {
        if (!refused(() => ring.open(sealed.subarray(0, length), context))) continue;
        if (!refused(() => ring.open(sealed.subarray(sealed.length - length), context))) continue;
        refusals += 1;
      }
      expect([sealed.length, refusals]).toEqual([115, 115]);
      for (let more = 1; more <= 64; more += 1) {
        expect(refused(() => ring.open(Buffer.concat([sealed, Buffer.alloc(more)]), context))).toBe(true);
        expect(refused(() => ring.open(Buffer.concat([Buffer.alloc(more), sealed]), context))).toBe(true);
      }
    });

    it('refuses every one of the swapped fields of the place', () => {
      const values = ['a', 'b', 'ab', '', 'main'];
      const places = SEAL_PURPOSES.flatMap((purpose) =>
        values.flatMap((tenant) =>
          values.flatMap((namespace) =>
            values.flatMap((key) =>
              [undefined, '', 'a', '1'].map((operation): SealContext => ({
                purpose,
                path: { tenant, namespace, key },
                ...(operation === undefined ? {} : { operation }),
              })),
            ),
          ),
        ),
      );
      let opened = 0;
      let refusals = 0;
      for (const home of places.filter((_, index) => index % 97 === 0)) {
        const sealed = ring.seal(secret, home);
        for (const place of places) {
          if (place === home) opened += Number(ring.open(sealed, place).equals(secret));
          else refusals += Number(refused(() => ring.open(sealed, place)));
        }
      }
      const homes = Math.ceil(places.length / 97);
      expect(places).toHaveLength(500 * SEAL_PURPOSES.length);
      expect([opened, refusals]).toEqual([homes, homes * (places.length - 1)]);
    });

    it('refuses anything that is not an envelope', () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => refused(() => ring.open(bytes, context))));
    });

    it('refuses a mix of two envelopes, part by part', () => {
      const a = ring.seal(secret, context);
      const b = ring.seal(secret, context);
      const parts = {
        salt: [8, 40],
        commitment: [40, 72],
        ciphertext: [72, a.length - 16],
        tag: [a.length - 16, a.length],
      };
      for (const [from, to] of Object.values(parts) as [number, number][]) {
        const mixed = Buffer.concat([a.subarray(0, from), b.subarray(from, to), a.subarray(to)]);
        expect(refused(() => ring.open(mixed, context))).toBe(true);
      }
    });

    it('says which format version it does not know', () => {
      const newer = Buffer.from(ring.seal(secret, context));
      newer.writeUInt8(2, 4);
      expect(() => ring.open(newer, context)).toThrow('its format version 2 is not known, only 1');
    });
  });

  describe('rotation', () => {
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const record = (index: number): SealContext => ({ purpose: 'sql', path: SecretPath.of('main', 'a', `K${index}`) });

    it('opens with an older key, seals with the active one, and no read fails after the old key is removed', async () => {
      const before = await KeyRing.derive([source('old', true, old)]);
      const stored = Array.from({ length: 100 }, (_, index) => before.seal(Buffer.from(`${index}`), record(index)));

      const during = await KeyRing.derive([source('old', false, old), source('new', true, fresh)]);
      expect([during.activeId, during.ids]).toEqual(['new', ['new', 'old']]);
      const rewrapped = stored.map((envelope, index) => {
        expect(during.isSealedByActive(envelope)).toBe(false);
        return during.seal(during.open(envelope, record(index)), record(index));
      });
      expect(rewrapped.every((envelope) => during.isSealedByActive(envelope))).toBe(true);

      const after = await KeyRing.derive([source('new', true, fresh)]);
      expect(rewrapped.map((envelope, index) => after.open(envelope, record(index)).toString())).toEqual(
        Array.from({ length: 100 }, (_, index) => `${index}`),
      );
    });

    it('names the key that it does not have', async () => {
      const before = await KeyRing.derive([source('2024-q1', true, old)]);
      const after = await KeyRing.derive([source('new', true, fresh)]);
      const sealed = before.seal(secret, context);
      expect(() => after.open(sealed, context)).toThrow(
        expect.objectContaining({ code: 'corrupt', details: { key: '2024-q1' } }),
      );
      expect(() => after.open(sealed, context)).toThrow("'2024-q1'");
    });

    it('refuses another key under the same id', async () => {
      const sealed = (await KeyRing.derive([source('k', true, old)])).seal(secret, context);
      const other = await KeyRing.derive([source('k', true, fresh)]);
      expect(refused(() => other.open(sealed, context))).toBe(true);
    });

    it('refuses a changed key id even when both ids have the same secret', async () => {
      const sameSecret = await KeyRing.derive([source('ka', true, old), source('kb', false, old)]);
      const sealed = sameSecret.seal(secret, context);
      sealed.write('kb', 6);
      expect(refused(() => sameSecret.open(sealed, context))).toBe(true);
    });

    it('does not take rubbish for an envelope of the active key', () => {
      expect(ring.isSealedByActive(Buffer.alloc(200))).toBe(false);
    });
  });

  describe('hmac', () => {
    it('differs by purpose, by part and by where parts end, and repeats itself', () => {
      const all = HMAC_PURPOSES.flatMap((purpose) => [
        ring.hmac(purpose),
        ring.hmac(purpose, ''),
        ring.hmac(purpose, 'ab', 'c'),
        ring.hmac(purpose, 'a', 'bc'),
        ring.hmac(purpose, 'abc'),
      ]);
      expect(new Set(all.map((mac) => mac.toString('hex'))).size).toBe(5 * HMAC_PURPOSES.length);
      expect(all.every((mac) => mac.length === 32)).toBe(true);
      expect(ring.hmac('fingerprint', 'ab', 'c')).toEqual(ring.hmac('fingerprint', Buffer.from('ab'), 'c'));
    });

    it('can be computed under an older key by its id', async () => {
      const [old, fresh] = [randomBytes(32), randomBytes(32)];
      const before = await KeyRing.derive([source('old', true, old)]);
      const after = await KeyRing.derive([source('old', false, old), source('new', true, fresh)]);
      const mac = before.hmac('token-hash', 'x');
      expect(after.hmac('token-hash', 'x')).not.toEqual(mac);
      expect(after.hmacWith('old', 'token-hash', 'x')).toEqual(mac);
      expect(() => after.hmacWith('none', 'token-hash', 'x')).toThrow(expect.objectContaining({ code: 'corrupt' }));
    });
  });

  describe('sign and verifies', () => {
    const where = lengthPrefixed(['a place']);
    const message = Buffer.from('a message');

    it('accept what was signed, for its key, purpose, place and message alone', async () => {
      const [one, two] = [randomBytes(32), randomBytes(32)];
      const signer = await KeyRing.derive([source('one', true, one)]);
      const reader = await KeyRing.derive([source('one', false, one), source('two', true, two)]);
      const mac = signer.sign('kafka-mac', where, message);
      expect(mac).toHaveLength(MAC_BYTES);
      expect(signer.verifies('one', 'kafka-mac', where, message, mac)).toBe(true);
      expect(reader.verifies('one', 'kafka-mac', where, message, mac)).toBe(true);
      expect(reader.verifies('two', 'kafka-mac', where, message, mac)).toBe(false);
      expect(reader.verifies('none', 'kafka-mac', where, message, mac)).toBe(false);
      expect(reader.verifies('one', 'redis-key', where, message, mac)).toBe(false);
      expect(reader.verifies('one', 'kafka-mac', lengthPrefixed(['elsewhere']), message, mac)).toBe(false);
      expect(reader.verifies('one', 'kafka-mac', where, Buffer.from('another'), mac)).toBe(false);
    });

    it('refuse a MAC of another length, and each with one bit changed', () => {
      const mac = ring.sign('kafka-mac', where, message);
      for (const other of [Buffer.alloc(0), mac.subarray(1), Buffer.concat([mac, Buffer.alloc(1)])]) {
        expect(ring.verifies('k1', 'kafka-mac', where, message, other)).toBe(false);
      }
      for (let bit = 0; bit < 8 * MAC_BYTES; bit += 1) {
        const changed = Buffer.from(mac);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(ring.verifies('k1', 'kafka-mac', where, message, changed)).toBe(false);
      }
    });
  });

  describe('derive', () => {
    it.each([
      ['no key', []],
      ['no active key', [source('a', false)]],
      ['two active keys', [source('a', true), source('b', true)]],
      ['one id twice', [source('a', true), source('a', false)]],
    ])('refuses %s', async (_, sources) => {
      await expect(KeyRing.derive(sources)).rejects.toMatchObject({ code: 'configuration' });
    });

    it('names the keys that are wrong', async () => {
      const two = [source('a', true), source('b', true), source('c', false)];
      await expect(KeyRing.derive(two)).rejects.toMatchObject({
        message: expect.stringMatching(/there are 2 of 3$/) as string,
        details: { active: ['a', 'b'] },
      });
      await expect(KeyRing.derive([source('a', true), source('a', false)])).rejects.toMatchObject({
        message: expect.stringContaining("'a' appears twice") as string,
        details: { key: 'a' },
      });
    });

    it('takes a secret of 32 characters unless asked otherwise', async () => {
      const of = (length: number) => [{ id: 'p', secret: new SecretValue('x'.repeat(length)), active: true }];
      await expect(KeyRing.derive(of(32))).resolves.toBeInstanceOf(KeyRing);
      await expect(KeyRing.derive(of(31))).rejects.toThrow(/at least 32 characters/);
    });

    it('gives the same ring for the same secrets', async () => {
      const text = new SecretValue('a passphrase of at least thirty-two characters');
      const [a, b] = [
        await KeyRing.derive([{ id: 'p', secret: text, active: true }]),
        await KeyRing.derive([{ id: 'p', secret: text, active: true }]),
      ];
      expect(b.open(a.seal(secret, context), context)).toEqual(secret);
    });

    it('takes a short secret only when asked to', async () => {
      const short = [{ id: 'p', secret: new SecretValue('changeme'), active: true }];
      await expect(KeyRing.derive(short)).rejects.toMatchObject({ code: 'configuration' });
      await expect(KeyRing.derive(short, { minSecretLength: 1 })).resolves.toBeInstanceOf(KeyRing);
    });
  });

  describe('replace', () => {
    const [first, second, third] = [source('k1', true), source('k2', true), source('k3', false)];
    const ringOf = (...keys: readonly KeySource[]): Promise<KeyRing> => KeyRing.derive(keys);
    const asleep = (key: KeySource): KeySource => ({ ...key, active: false });

    it('seals with the key that is active now, and opens what the others sealed while they are there', async () => {
      const held = await ringOf(first);
      const [old, hash] = [held.seal(secret, context), held.hmac('token-hash', 't')];
      held.replace(await ringOf(asleep(first), second, third));
      expect([held.activeId, held.ids]).toEqual(['k2', ['k1', 'k2', 'k3']]);
      expect(held.open(old, context)).toEqual(secret);
      expect(KeyRing.keyIdOf(held.seal(secret, context))).toBe('k2');
      expect(held.hmacWith('k1', 'token-hash', 't')).toEqual(hash);
      expect(held.hmac('token-hash', 't')).not.toEqual(hash);
      held.replace(await ringOf(second));
      expect(() => held.open(old, context)).toThrow(/'k1' is not in the configuration/);
    });

    it('refuses another secret under an id that it has, and keeps its keys', async () => {
      const held = await ringOf(first);
      const sealed = held.seal(secret, context);
      const other = await ringOf(source('k1', true));
      expect(() => held.replace(other)).toThrow(/'k1' has another secret than before/);
      expect(held.open(sealed, context)).toEqual(secret);
    });

    it('keeps its keys where they are not confirmed, and tells of changes alone', async () => {
      const held = await ringOf(first);
      const notified: string[] = [];
      const end = held.onChange(() => notified.push(held.activeId));
      const next = await ringOf(asleep(first), second);
      const refuse = (): never => {
        expect(held.activeId).toBe('k2');
        throw new Error('a token needs the old key');
      };
      expect(() => held.replace(next, refuse)).toThrow('a token needs the old key');
      expect([held.activeId, notified]).toEqual(['k1', []]);
      held.replace(next);
      end();
      held.replace(await ringOf(second));
      expect(notified).toEqual(['k2']);
    });
  });
});
