import fc from 'fast-check';
import { duplicateName } from './duplicate-name.js';

it.each<[string, string | undefined]>([
  ['{}', undefined],
  ['"a"', undefined],
  ['7', undefined],
  ['{"a":1,"b":1}', undefined],
  ['{"a":1,"a":1}', 'a'],
  ['{ "a" : 1 ,\n "a" : 1 }', 'a'],
  ['{"a":1,"\\u0061":1}', 'a'],
  ['{"a":"a","b":"a"}', undefined],
  ['{"a":{"a":1},"b":{"a":1}}', undefined],
  ['{"a":{"b":1,"b":2}}', 'b'],
  ['{"a":{"b":1},"a":2}', 'a'],
  ['[{"a":1},{"a":1}]', undefined],
  ['{"a":["b","b",{"c":1}],"c":["a","a"]}', undefined],
  ['[["a"],{"a":[{}],"a":1}]', 'a'],
  ['{"a\\"":1,"a":2}', undefined],
  ['{"a\\\\":1,"a\\\\":2}', 'a\\'],
  ['{"x":"}{,\\"a\\":","a":1,"b":"\\\\","a":2}', 'a'],
  ['{"":1,"":2}', ''],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"constructor":1,"toString":2}', undefined],
])('of %s it is %p', (json, name) => {
  expect(duplicateName(json)).toBe(name);
});

it('is none of what JSON.stringify wrote', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2), (json, space) => {
      expect(duplicateName(JSON.stringify(JSON.parse(json), null, space))).toBeUndefined();
    }),
  );
});

it('is found wherever an entry is written twice', () => {
  const name = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(name, fc.json(), fc.nat(5), (twice, value, depth) => {
      const inner = `{"x ${'"'.length}":${value},${JSON.stringify(twice)}:${value},${JSON.stringify(twice)}:0}`;
      expect(duplicateName(`${'[{"in":'.repeat(depth)}${inner}${'}]'.repeat(depth)}`)).toBe(twice);
    }),
  );
});

it('looks into any depth', () => {
  const depth = 300_000;
  expect(duplicateName(`${'['.repeat(depth)}{"a":1,"a":2}${']'.repeat(depth)}`)).toBe('a');
});
