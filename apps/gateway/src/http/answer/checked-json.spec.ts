import { z } from 'zod';
import { checkedText, keepText, keptTextOf } from './checked-json.js';
import { jsonParts } from './json-parts.js';

const item = z.strictObject({ key: z.string() });
const other = z.strictObject({ key: z.string(), error: z.string() });

it('a body that is not as it is declared has no text, and none is kept', () => {
  const wrong = { key: 1 };
  expect(() => checkedText(item, wrong)).toThrow('not as the endpoint declares it');
  expect(() => keepText(item, wrong as never)).toThrow('not as the endpoint declares it');
  expect(keptTextOf(item, wrong)).toBeUndefined();
});

it('a kept text is given for its schema, and for a union with it', () => {
  const body = { key: 'A' };
  const text = keepText(item, body);
  expect(text).toBe('{"key":"A"}');
  expect(keptTextOf(item, body)).toBe(text);
  expect(keptTextOf(z.union([item, other]), body)).toBe(text);
  expect(keptTextOf(other, body)).toBeUndefined();
  expect(keptTextOf(item, { key: 'A' })).toBeUndefined();
  expect(() => [...jsonParts(z.array(other), [body])]).toThrow('not as the endpoint declares it');
});

it('a body whose text is kept does not change', () => {
  const body = { key: 'A' };
  keepText(item, body);
  expect(() => (body.key = 'B')).toThrow(TypeError);
});
