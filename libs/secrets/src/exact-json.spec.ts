import { exactJsonText, isJsonObject, keptDigitsOf, parseExactJson } from './exact-json.js';

const LARGE = '12345678901234567890';

describe('parseExactJson', () => {
  it.each(['1', '-7', '1.5', '0', LARGE, `-${LARGE}`, '1e3', '1.50', '1E400', '-0', '0.10000000000000000001'])(
    'keeps the digits of %s',
    (digits) => {
      const text = `{"list":[${digits}],"number":${digits}}`;
      expect(JSON.stringify(parseExactJson(text))).toBe(text);
      expect(exactJsonText(parseExactJson(text) as object)).toBe(text);
    },
  );

  it('reads what JavaScript writes alike as a number, and nothing else', () => {
    expect(parseExactJson('[1, -7, 1.5, 0]')).toEqual([1, -7, 1.5, 0]);
    expect((parseExactJson(`[${LARGE}, 1e3, "1e3", null]`) as unknown[]).map(keptDigitsOf)).toEqual([
      LARGE,
      '1e3',
      undefined,
      undefined,
    ]);
    expect([1, '1', null, undefined, {}].map(keptDigitsOf)).toEqual(Array(5).fill(undefined));
  });

  it('keeps digits beside a name with an escape', () => {
    const text = `{"a\\"b":${LARGE},"c":1e3}`;
    expect(JSON.stringify(parseExactJson(text))).toBe(text);
  });

  it('throws for what is no JSON', () => {
    expect(() => parseExactJson('{')).toThrow(SyntaxError);
  });
});

it('exactJsonText writes bigints as numbers', () => {
  expect(exactJsonText({ cas: 9_007_199_254_740_993n, list: [1n] })).toBe('{"cas":9007199254740993,"list":[1]}');
});

it('isJsonObject takes no list, no null and no kept number for an object', () => {
  const values = parseExactJson(`[{}, {"a":1}, [], null, "a", 1, ${LARGE}]`) as unknown[];
  expect(values.map(isJsonObject)).toEqual([true, true, false, false, false, false, false]);
});
