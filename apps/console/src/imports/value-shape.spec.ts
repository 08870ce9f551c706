import { generateSecret } from './generate.js';
import { formatTags, isFormattable, parseTags } from './tags.js';
import { byteLength, fieldsOf, lineCount, shapeOf } from './value-shape.js';

it('reads names as they are written, whatever was read before', () => {
  // V8 takes the second name of the second object for that of the first (https://github.com/nodejs/node/issues/63785).
  JSON.parse('{"shape":1,"\\\\":2}');
  expect(fieldsOf('{"shape":1,"\\"":2}')?.map(({ name }) => name)).toEqual(['shape', '"']);
  expect(shapeOf('{"shape":1,"\\n":2}')).toEqual({ kind: 'json', names: ['shape', '\n'] });
});

it('knows the fields of JSON objects, as subkeys are read', () => {
  expect(fieldsOf('{"user": "etl", "port": 5, "a": [1]}')).toEqual([
    { name: 'user', text: 'etl' },
    { name: 'port', text: '5' },
    { name: 'a', text: '[1]' },
  ]);
  for (const value of ['plain', '{', '[1]', '{}', '"x"', '']) expect(fieldsOf(value)).toBeUndefined();
});

it('tells broken JSON from text, and where it breaks', () => {
  expect(shapeOf('{"a": 1}')).toEqual({ kind: 'json', names: ['a'] });
  expect(shapeOf('{"a": ')).toEqual({ kind: 'broken', place: { line: 1, column: 7 } });
  expect(shapeOf('{\n  "a": 1,\n  "b" 2\n}')).toEqual({ kind: 'broken', place: { line: 3, column: 7 } });
  expect(shapeOf('[1]')).toEqual({ kind: 'text' });
  expect(shapeOf('hunter2')).toEqual({ kind: 'text' });
});

it('counts bytes and lines', () => {
  expect([byteLength('ä€😀'), lineCount('a\nb\n')]).toEqual([9, 3]);
});

it('generates from its alphabet alone, never the same twice', () => {
  expect(generateSecret(64, 'hex')).toMatch(/^[0-9a-f]{64}$/);
  expect(generateSecret(32, 'letters')).toMatch(/^[A-Za-z2-9]{32}$/);
  expect(generateSecret(32, 'letters')).not.toBe(generateSecret(32, 'letters'));
});

it('reads and writes tags', () => {
  const tags = [
    { key: 'team', value: 'data' },
    { key: 'url', value: 'a=b' },
    { key: 'bare', value: '' },
  ];
  expect(parseTags(' team=data, url=a=b\nbare ')).toEqual(tags);
  expect([isFormattable(tags), isFormattable([{ key: 'a', value: 'b c' }])]).toEqual([true, false]);
  expect(formatTags(tags)).toBe('team=data url=a=b bare=');
});
