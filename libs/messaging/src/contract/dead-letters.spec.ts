import { fenceOf } from '@coffer/secrets';
import { deadLetterId, isDeadLetterId, summaryOf } from './dead-letters.js';
import { bytesOfMutation, type SealedMutation } from './mutation-queue.js';

const mutation: SealedMutation = {
  schema: 1,
  operation: 'an operation',
  kind: 'put',
  path: 'main/company/KEY',
  fingerprint: 'a fingerprint',
  traceparent: 'a trace',
  sentAt: 1,
  body: Buffer.alloc(50),
};

describe('dead letters', () => {
  it('have an id from their place, which no other place has', () => {
    expect(deadLetterId(fenceOf(1, 7n), 3)).toBe(`${2n ** 48n + 7n}-3`);
    expect(isDeadLetterId(deadLetterId(fenceOf(32_767, 2n ** 48n - 1n), 999_999_999))).toBe(true);
  });

  it.each([
    '',
    '1',
    '1-',
    '-1',
    'x1-1',
    '1-1x',
    '1-1-1',
    `${'1'.repeat(20)}-1`,
    `1-${'1'.repeat(10)}`,
    '1_1',
    '../1-1',
  ])('have no id such as %j', (text) => {
    expect(isDeadLetterId(text)).toBe(false);
  });

  it('are summarised without the body, the fingerprint and the trace', () => {
    expect(summaryOf({ id: '1-3', code: 'invalid', time: 11, mutation })).toStrictEqual({
      id: '1-3',
      code: 'invalid',
      time: 11,
      operation: 'an operation',
      kind: 'put',
      path: 'main/company/KEY',
    });
  });
});

it('a mutation takes up its body, its path in UTF-16, and a thousand bytes for the rest', () => {
  expect(bytesOfMutation({ body: Buffer.alloc(50), path: 'ab' })).toBe(1_054);
});
