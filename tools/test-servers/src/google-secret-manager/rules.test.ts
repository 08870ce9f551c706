import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from './crc32c.ts';
import { checkAliases, checkAnnotations, checkLabels, checkPayload, checkSecretId } from './rules.ts';

const refused = (check: () => void) => assert.throws(check, { code: 3 });

test('CRC-32C of the vectors of RFC 3720', () => {
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43);
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
});

test('labels: alphabet, lengths, number', () => {
  checkLabels({ a: '', 'é_-1': 'ключ-1', [`a${'b'.repeat(62)}`]: 'c'.repeat(63) });
  for (const key of ['', 'A', '1a', '-a', 'a.b', `a${'b'.repeat(63)}`, 'ф'.repeat(63) + 'ф'])
    refused(() => checkLabels({ [key]: '' }));
  for (const value of ['A', 'a.b', 'a b', 'c'.repeat(64), '鍵'.repeat(43)]) refused(() => checkLabels({ a: value }));
  const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`l${i}`, '']));
  checkLabels(many(64));
  refused(() => checkLabels(many(65)));
});

test('annotations: names, and less than 16 KiB in all', () => {
  checkAnnotations({ a: 'Ä "\n', 'A.b-c_d9': '', ['k'.repeat(63)]: '' });
  for (const key of ['', '-a', 'a-', 'a b', 'é', 'k'.repeat(64)]) refused(() => checkAnnotations({ [key]: '' }));
  checkAnnotations({ abc: 'x'.repeat(16_380) });
  refused(() => checkAnnotations({ abc: 'x'.repeat(16_381) }));
  refused(() => checkAnnotations({ abc: 'ä'.repeat(8_191) }));
});

test('ids, aliases and payloads', () => {
  checkSecretId('a-B_9'.padEnd(255, 'x'));
  for (const id of ['', 'a.b', 'a/b', 'x'.repeat(256)]) refused(() => checkSecretId(id));
  checkAliases({ prod: 1 }, (n) => n === 1);
  for (const alias of ['latest', 'NEW', '1a', 'a.b', 'x'.repeat(64)])
    refused(() => checkAliases({ [alias]: 1 }, () => true));
  refused(() => checkAliases({ prod: 2 }, (n) => n === 1));
  refused(() => checkAliases(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}`, 1])), () => true));
  checkPayload(Buffer.alloc(65_536));
  refused(() => checkPayload(Buffer.alloc(65_537)));
});
