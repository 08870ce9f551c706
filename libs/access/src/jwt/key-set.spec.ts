import { KeySet } from './key-set.js';
import { signingKey } from './jwt.fixture.js';

const [first, second] = [signingKey('first'), signingKey('second', 'EdDSA')];
const SECRET = Buffer.alloc(32, 7);
const secret = (kid: string, more: object = {}) => ({ kty: 'oct', kid, k: SECRET.toString('base64url'), ...more });
const setOf = (...keys: readonly unknown[]) => KeySet.parse({ keys });
const find = async (set: KeySet, header: { readonly alg?: string; readonly kid?: string }) => {
  const found = await set.find(header);
  return found instanceof Uint8Array ? Buffer.from(found) : found && 'a public key';
};

it.each<[string, unknown, string]>([
  ['nothing', undefined, 'it holds no list of keys'],
  ['null', null, 'it holds no list of keys'],
  ['a text', 'keys', 'it holds no list of keys'],
  ['a list', [], 'it holds no list of keys'],
  ['keys that are no list', { keys: {} }, 'it holds no list of keys'],
  ['too many', { keys: Array(101).fill(first.jwk) }, 'it holds more than 100 keys'],
])('%s is no set of keys', (_what, document, message) => {
  expect(() => KeySet.parse(document)).toThrow(message);
});

it('as many keys as may be are a set, and what is no key in it is passed over', async () => {
  const rest = Array.from({ length: 97 }, (_, at) => ({ ...first.jwk, kid: `k${at}` }));
  const set = setOf(null, { kty: 1 }, ...rest, first.jwk);
  expect(await find(set, { alg: 'ES256', kid: 'first' })).toBe('a public key');
  expect(await find(set, { alg: 'ES256' })).toBeUndefined();
  expect(await find(set, { alg: 'ES256', kid: 'gone' })).toBeUndefined();
});

it('two sets are the same where their keys are', () => {
  expect(setOf(first.jwk).fingerprint).toBe(setOf(first.jwk).fingerprint);
  expect(setOf(first.jwk).fingerprint).not.toBe(setOf(second.jwk).fingerprint);
});

it('a SPIFFE bundle marks its keys in its own way', async () => {
  expect(await find(setOf({ ...first.jwk, use: 'jwt-svid' }), { alg: 'ES256', kid: 'first' })).toBe('a public key');
  expect(await find(setOf({ ...first.jwk, use: 'x509-svid' }), { alg: 'ES256', kid: 'first' })).toBeUndefined();
});

describe('a shared secret', () => {
  const HEADER = { alg: 'HS256', kid: 'a' };

  it.each<[string, readonly unknown[], object, Buffer | undefined]>([
    ['is that of its id', [secret('a'), secret('b', { k: Buffer.alloc(32, 8).toString('base64url') })], HEADER, SECRET],
    ['is the only one there is, where none is named', [secret('a')], { alg: 'HS256' }, SECRET],
    ['is none of several, where none is named', [secret('a'), secret('b')], { alg: 'HS256' }, undefined],
    ['is none of another id', [secret('b')], HEADER, undefined],
    ['may say its algorithm', [secret('a', { alg: 'HS256' })], HEADER, SECRET],
    ['is none of another algorithm', [secret('a', { alg: 'HS512' })], HEADER, undefined],
    ['may be for signatures', [secret('a', { use: 'sig' })], HEADER, SECRET],
    ['is none for anything else', [secret('a', { use: 'enc' })], HEADER, undefined],
    ['is as long as its algorithm asks for', [secret('a')], { alg: 'HS384', kid: 'a' }, undefined],
    ['is of an algorithm that there is', [secret('a')], { alg: 'HS1', kid: 'a' }, undefined],
    ['is a text', [secret('a', { k: 7 })], HEADER, undefined],
    ['is plain base64url', [secret('a', { k: `${'A'.repeat(42)}+` })], HEADER, undefined],
    [
      'is no public key',
      [{ ...first.jwk, alg: undefined, kid: 'a', k: SECRET.toString('base64url') }],
      HEADER,
      undefined,
    ],
  ])('%s', async (_what, keys, header, expected) => {
    expect(await find(setOf(...keys), header)).toEqual(expected);
  });

  it('is for no other algorithm, not even for none', async () => {
    expect(await find(setOf(secret('a')), { kid: 'a' })).toBeUndefined();
    expect(await find(setOf(secret('a'), first.jwk), { alg: 'ES256', kid: 'a' })).toBeUndefined();
  });
});
