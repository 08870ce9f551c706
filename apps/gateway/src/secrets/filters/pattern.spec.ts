import { parseFilters, predicateOf, type Filterable } from './index.js';

const regex = (...patterns: string[]) =>
  predicateOf(parseFilters(patterns.map((value, i) => ({ name: `filters[and][${i}][key][REGEX]`, value }))));
const rows = (count: number, length: number): Filterable[] =>
  Array.from({ length: count }, (_, i) => ({ namespace: 'a', key: `${i}`.padStart(length, 'ab'), tags: [] }));

it('an ordinary pattern runs over 20,000 secrets', () => {
  const matches = rows(20_000, 20).filter(regex('_(URL|TOKEN)$|^(ab)+a?19999$'));
  expect(matches).toHaveLength(1);
});

it('a costly pattern over many secrets is refused before it holds others up', () => {
  const costly = regex('([ab]{0,10}a){0,30}[cd]$');
  expect(rows(10, 256).filter(costly)).toEqual([]);
  expect(() => rows(20_000, 256).filter(costly)).toThrow(expect.objectContaining({ code: 'invalid' }));
});

it('the budget is one for all patterns of a request', () => {
  const pattern = '[ab]*a[ab]{200}[cd]|9$';
  const many = rows(1_500, 256);
  expect(() => many.filter(regex(pattern))).not.toThrow();
  expect(() => many.filter(regex(...Array.from({ length: 20 }, () => `${pattern}|[0-9]$`)))).toThrow(
    expect.objectContaining({ code: 'invalid' }),
  );
});

it('a pattern that grows too large when its repeats are written out is refused at once', () => {
  expect(() => regex('([ab]?){900}[cd]')).toThrow(expect.objectContaining({ code: 'invalid' }));
});
