import fc from 'fast-check';
import { readJson } from './read-json.js';

/** An object with such a name makes V8 read others wrongly that are like it up to there. */
const mislead = (before: string, name: string): void => void JSON.parse(JSON.stringify({ [before]: 0, [name]: 1 }));

it.each(['"', '\n', '\b', '\r'])('reads the name %j as it is written, whatever was read before', (name) => {
  mislead('h', '\\');
  const text = JSON.stringify({ h: 1, [name]: 2 });
  expect(Object.keys(readJson(text) as object)).toEqual(['h', name]);
});

it('reads names in objects in lists, with spaces before the colon, the last of two, and those that objects have anyway', () => {
  mislead('h', '\\');
  expect(readJson('[{"a\\"b" \n: [{"h":1,"\\"":2}], "name0": "name0\\n"}]')).toEqual([
    { 'a"b': [{ h: 1, '"': 2 }], name0: 'name0\n' },
  ]);
  expect(readJson('{"a":1,"\\u0061":2,"b":3}')).toEqual({ a: 2, b: 3 });
  expect(Object.entries(readJson('{"__proto\\u005f_":1}') as object)).toEqual([['__proto__', 1]]);
});

it('gives values to a reviver as JSON.parse does', () => {
  const asWritten = (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? context?.source : value;
  expect(readJson('{"\\"":1.0}', asWritten)).toEqual({ '"': '1.0' });
});

it('reads a text that is deep', () => {
  const depth = 2_000;
  let read = readJson(`${'{"\\n":'.repeat(depth)}1${'}'.repeat(depth)}`);
  for (let at = 0; at < depth; at += 1) read = (read as Record<string, unknown>)['\n'];
  expect(read).toBe(1);
});

it('reads a text that is wide', () => {
  const list = Array.from({ length: 300_000 }, (_, at) => at);
  expect(readJson(JSON.stringify({ '"': list }))).toEqual({ '"': list });
});

it.each(['', '{', '{"\\"":', '"\\', '{"a\\":1}'])('throws what JSON.parse throws: %j', (text) => {
  expect(() => readJson(text)).toThrow(SyntaxError);
});

it('reads what was written, whatever it is', () => {
  const name = fc.oneof(fc.constantFrom('\\', '"', '\n', 'a\\', 'a"', 'h', '__proto__', 'name0'), fc.string());
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, 1, 'x', '\\"', '"a":'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(name, tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, ' ', '\t\n'), (given, space) => {
      const text = JSON.stringify(given, undefined, space);
      expect(JSON.stringify(readJson(text), undefined, space)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
