import { JavaTokens } from './java-tokens.js';

/** Texts as they are, characters in brackets, numbers as a hash. */
const read = (input: string): string[] => {
  const tokens = new JavaTokens(input);
  const found: string[] = [];
  for (let token = tokens.next(); token.kind !== 'end'; token = tokens.next()) {
    const { kind, text = '' } = token;
    found.push(kind === 'number' ? '#' : kind === 'character' ? `[${text}]` : text);
  }
  expect(tokens.next()).toEqual({ kind: 'end' });
  return found;
};

it.each<[string, string, string[]]>([
  ['nothing', ' \t\u0000\r\n ', []],
  ['words', 'a-b.c_$1\u0001 é', ['a-b.c_$1', 'é']],
  ['the first letter beyond ASCII, and what stands before it', '\u00a0\u009f', ['\u00a0', '[\u009f]']],
  ['characters', 'a=b;(', ['a', '[=]', 'b', '[;]', '[(]']],
  ['numbers', '12 -5 1.5 .5 -.5 . 1.2.3', ['#', '#', '#', '#', '#', '#', '#', '#']],
  ['numbers without a blank between', '1-2a', ['#', '#', 'a']],
  ['a minus that begins no number', '-a - -', ['[-]', 'a', '[-]', '[-]']],
  ['either quote within the other', `"it's" 'say "x"'`, ["it's", 'say "x"']],
  ['a quoted text up to the end of its line', '"ab\ncd', ['ab', 'cd']],
  ['a quoted text up to the end', '"ab', ['ab']],
  ['escapes of letters', '"\\a\\b\\f\\n\\r\\t\\v\\q\\""', ['\x07\b\f\n\r\t\vq"']],
  ['escapes of digits', '"\\4x\\47\\477\\1011\\377\\8\\0"', ["\x04x''7A1ÿ8\0"]],
  ['an escape that the end cuts off', '"a\\', ['a\uffff']],
  ['comments of a line', 'a / b\nc // d\r/', ['a', 'c']],
  ['comments of several lines', '/**/a/*/ b\n */c', ['a', 'c']],
  ['a comment that the end cuts off', 'a /* b', ['a']],
])('%s', (_what, input, expected) => {
  expect(read(input)).toEqual(expected);
});
