import type { z } from 'zod';
import { byteSize, duration, flag, listOf, plainName, text, wholeNumber, word } from './scalars.js';

/** What is read; `refused` for what is not taken. */
const read = (schema: z.ZodType, value: unknown): unknown => {
  const { success, data } = schema.safeParse(value);
  return success ? data : 'refused';
};

it.each<[string, z.ZodType, unknown, unknown]>([
  ['a whole number', wholeNumber(2, 10), '2', 2],
  ['a whole number', wholeNumber(2, 10), '10', 10],
  ['a whole number', wholeNumber(2, 10), '1', 'refused'],
  ['a whole number', wholeNumber(2, 10), '11', 'refused'],
  ['a whole number', wholeNumber(2, 10), '-3', 'refused'],
  ['a whole number', wholeNumber(2, 10), '3.0', 'refused'],
  ['a whole number', wholeNumber(2, 100), '1e1', 'refused'],
  ['a whole number', wholeNumber(0, 10), '00000000000000003', 'refused'],
  ['a whole number', wholeNumber(0, 10), '', 'refused'],
  ['a size', byteSize, '1', 1],
  ['a size', byteSize, '3b', 3],
  ['a size', byteSize, '2 KiB', 2_048],
  ['a size', byteSize, '1mib', 1_048_576],
  ['a size', byteSize, '1GiB', 1_073_741_824],
  ['a size', byteSize, '0', 'refused'],
  ['a size', byteSize, '0KiB', 'refused'],
  ['a size', byteSize, 'KiB', 'refused'],
  ['a size', byteSize, '', 'refused'],
  ['a size', byteSize, '-1KiB', 'refused'],
  ['a size', byteSize, '1KiB!', 'refused'],
  ['a size', byteSize, '1TiB', 'refused'],
  ['a size', byteSize, '999999999999999GiB', 'refused'],
  ['a duration', duration, '1ms', 1],
  ['a duration', duration, '0s', 'refused'],
  ['a duration', duration, 'soon', 'refused'],
  ['a flag', flag, 'Yes', true],
  ['a flag', flag, 'OFF', false],
  ['a flag', flag, '1', 'refused'],
  ['a name', plainName, 'a.B_1-'.repeat(10), 'a.B_1-'.repeat(10)],
  ['a name', plainName, 'a'.repeat(65), 'refused'],
  ['a name', plainName, '', 'refused'],
  ['a text', text, '', ''],
  ['a text', text, '\n', 'refused'],
  ['a text', text, ' a b ', ' a b '],
  ['a word', word, '', ''],
  ['a word', word, ' ', 'refused'],
  ['a list', listOf(word), ' a, b,,c ,', ['a', 'b', 'c']],
  ['a list', listOf(word), ['a, b'], 'refused'],
  ['a list', listOf(word), {}, 'refused'],
])('%s is read: %#', (_what, schema, value, expected) => {
  expect(read(schema, value)).toEqual(expected);
});
