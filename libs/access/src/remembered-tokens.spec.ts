import { RememberedTokens } from './remembered-tokens.js';

it('counts what had to go for want of room, and nothing else', () => {
  const tokens = new RememberedTokens(2_000);
  const token = { principal: { id: 'a', grants: [] }, expiresAtMs: 1 };
  for (const _ of [1, 2]) tokens.set('one', token);
  tokens.delete('one');
  expect([tokens.get('one'), tokens.bytes, tokens.evictions]).toEqual([undefined, 0, 0]);
  for (const name of ['two', 'three', 'four', 'five']) tokens.set(name, token);
  expect([tokens.get('two'), tokens.evictions]).toEqual([undefined, 1]);
  expect(tokens.get('five')).toBe(token);
});
