import { createCipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import { openEnvelope, parseEnvelope, sealEnvelope, type SealContext } from './envelope.js';
import { lengthPrefixed } from './length-prefixed.js';

const key = createSecretKey(Buffer.alloc(32, 7));
const path = { tenant: 'main', namespace: 'company', key: 'KEY' };
const plaintext = Buffer.from('a value that nobody may see');
const corrupt = (reason: RegExp) =>
  expect.objectContaining({ code: 'corrupt', message: expect.stringMatching(reason) as string }) as Error;

/** An envelope made step by step as the format's description has it, with fixed bytes for the random ones. */
const envelopeOf = (fields: readonly string[], keyId = 'k1'): Buffer => {
  const salt = Buffer.alloc(32, 9);
  const okm = Buffer.from(hkdfSync('sha256', key, salt, 'coffer/v1/record', 76));
  const cipher = createCipheriv('aes-256-gcm', okm.subarray(0, 32), okm.subarray(32, 44), { authTagLength: 16 });
  cipher.setAAD(lengthPrefixed(fields));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const head = Buffer.from([...Buffer.from('CFFR'), 1, keyId.length]);
  return Buffer.concat([head, Buffer.from(keyId), salt, okm.subarray(44), ciphertext, cipher.getAuthTag()]);
};

const where = ['kafka', 'main', 'company', 'KEY', '1'];

describe('an envelope', () => {
  it.each<[SealContext, string[]]>([
    [{ purpose: 'kafka', path }, where],
    [{ purpose: 'sql', path }, ['sql', ...where.slice(1)]],
    [{ purpose: 'kafka', path, operation: 'one' }, [...where, 'operation', 'one']],
    [{ purpose: 'kafka', path, partition: 0 }, [...where, 'partition', '0']],
    [{ purpose: 'kafka', path, sentAt: 7 }, [...where, 'sentAt', '7']],
    [
      { purpose: 'kafka', path, operation: 'one', partition: 3, sentAt: 7 },
      [...where, 'operation', 'one', 'partition', '3', 'sentAt', '7'],
    ],
  ])('is of the form that is written down, for %j', (context, fields) => {
    expect(openEnvelope(parseEnvelope(envelopeOf(fields)), key, context)).toEqual(plaintext);
    const { keyId, salt, commitment, ciphertext, tag } = parseEnvelope(sealEnvelope('k1', key, plaintext, context));
    expect([keyId, salt.length, commitment.length, ciphertext.length, tag.length]).toEqual(['k1', 32, 32, 27, 16]);
  });

  it('opens at no other place, operation, partition and time than its own', () => {
    const contexts: SealContext[] = [
      { purpose: 'kafka', path },
      { purpose: 'redis', path },
      { purpose: 'kafka', path: { ...path, tenant: 'other' } },
      { purpose: 'kafka', path: { ...path, namespace: 'other' } },
      { purpose: 'kafka', path: { ...path, key: 'OTHER' } },
      ...['', '3', '7'].map((operation): SealContext => ({ purpose: 'kafka', path, operation })),
      ...[0, 3, 7].map((partition): SealContext => ({ purpose: 'kafka', path, partition })),
      ...[0, 3, 7].map((sentAt): SealContext => ({ purpose: 'kafka', path, sentAt })),
      { purpose: 'kafka', path, partition: 3, sentAt: 7 },
      { purpose: 'kafka', path, partition: 7, sentAt: 3 },
    ];
    for (const [index, context] of contexts.entries()) {
      const envelope = parseEnvelope(sealEnvelope('k1', key, plaintext, context));
      for (const [other, at] of contexts.entries()) {
        if (other === index) expect(openEnvelope(envelope, key, at)).toEqual(plaintext);
        else
          expect(() => openEnvelope(envelope, key, at)).toThrow(corrupt(/changed, moved, or sealed with another key/));
      }
    }
  });

  it.each([1, 64])('has a key id of %d characters', (length) => {
    const keyId = 'k'.repeat(length);
    expect(parseEnvelope(sealEnvelope(keyId, key, plaintext, { purpose: 'sql', path })).keyId).toBe(keyId);
  });

  it('may seal nothing, and is then as short as one may be', () => {
    const sealed = sealEnvelope('k', key, Buffer.alloc(0), { purpose: 'sql', path });
    expect(sealed).toHaveLength(6 + 1 + 32 + 32 + 16);
    expect(openEnvelope(parseEnvelope(sealed), key, { purpose: 'sql', path })).toHaveLength(0);
    expect(() => parseEnvelope(sealed.subarray(0, -1))).toThrow(corrupt(/cut short/));
  });

  it('says what it is not', () => {
    const sealed = envelopeOf(where);
    for (const length of [0, 3, 4, 5]) {
      expect(() => parseEnvelope(sealed.subarray(0, length))).toThrow(corrupt(/no envelope of Coffer/));
    }
    expect(() => parseEnvelope(sealed.subarray(0, 6))).toThrow(corrupt(/cut short/));
    expect(() => parseEnvelope(Buffer.concat([Buffer.from('CFFX'), sealed.subarray(4)]))).toThrow(
      corrupt(/no envelope/),
    );
    expect(() => parseEnvelope(envelopeOf(where, 'k 1'))).toThrow(corrupt(/names no key/));
    expect(() => parseEnvelope(envelopeOf(where, ''))).toThrow(corrupt(/names no key/));
  });
});
