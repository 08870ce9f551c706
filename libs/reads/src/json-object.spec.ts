import fc from 'fast-check';
import { rawFields } from './json-object.js';

it('finds the fields that were written, whatever the object and its spacing', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
      fc.constantFrom(undefined, ' ', '\t\n'),
      (object, space) => {
        const text = ` ${JSON.stringify(object, undefined, space)}\n`;
        const fields = new Map(Object.entries(object).map(([name, value]) => [name, JSON.stringify(value)]));
        expect(rawFields(text, new Set(fields.keys()))).toEqual(fields);
      },
    ),
    { numRuns: 2_000, endOnFailure: true },
  );
});

it.each([
  ['numbers as they are written', '{"a": [12345678901234567890, 1.0, 1E400 ]}', '[12345678901234567890,1.0,1E400]'],
  ['the last of two', '{"a":1,"b":2,"a" : 3}', '3'],
  ['a name that is escaped', '{"\\u0061":true}', 'true'],
  ['brackets, quotes and backslashes in strings', '{"x":"}\\\\\\"]","a":{"y":"{[\\\\"}}', '{"y":"{[\\\\"}'],
])('takes %s', (_what, text, expected) => {
  expect(rawFields(text, new Set(['a'])).get('a')).toBe(expected);
});
