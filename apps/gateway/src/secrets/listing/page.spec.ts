import { CofferError } from '@coffer/secrets';
import { compilePattern, MatchingBudget } from '../filters/pattern.js';
import { pageOf } from './page.js';
import { parseSort } from './sorting.js';

const rows = (count: number, description: string) =>
  Array.from({ length: count }, (_, index) => ({
    namespace: 'a',
    key: `K${String(index).padStart(6, '0')}`,
    description,
    tags: [],
  }));

/** How often the event loop came round meanwhile. */
const turnsDuring = async (work: Promise<unknown>): Promise<number> => {
  let [turns, done] = [0, false];
  const watch = (): void => {
    turns += 1;
    if (!done) setImmediate(watch);
  };
  setImmediate(watch);
  await work;
  done = true;
  return turns;
};

const sortOf = (text: string) => parseSort(text, 8, () => new CofferError('invalid', 'too many'));

describe('20,000 rows leave the event loop to others', () => {
  it.each([
    ['when they are sorted for the first page', 10],
    ['when all of them are sorted', 10_000],
  ])('%s', async (_what, size) => {
    const all = rows(20_000, 'd'.repeat(2_048));
    const page = { page: 1, size, sort: sortOf('description:desc,key:desc') };
    let results: readonly { readonly key: string }[] = [];
    const turns = await turnsDuring(
      pageOf(all, () => true, page).then((found) => {
        results = found.results;
      }),
    );
    expect(results.slice(0, 2).map(({ key }) => key)).toEqual(['K019999', 'K019998']);
    // In one go there would be one.
    expect(turns).toBeGreaterThan(5);
  });

  it('when they are filtered', async () => {
    const test = compilePattern('([ab]{0,3}d){0,10}[x]$', new MatchingBudget());
    const all = rows(20_000, 'd'.repeat(20));
    const page = { page: 1, size: 10, sort: sortOf('') };
    const turns = await turnsDuring(pageOf(all, ({ description = '' }) => test(description), page));
    expect(turns).toBeGreaterThan(5);
  });
});

it('a page is of the rows as they were when it was asked for', async () => {
  const all = rows(20_000, 'd'.repeat(2_048));
  const asked = pageOf(all, () => true, { page: 1, size: 1, sort: sortOf('description,key') });
  all.length = 0;
  expect(await asked).toMatchObject({ results: [{ key: 'K000000' }], total: 20_000 });
});

it('a second mention of a field does not count', () => {
  expect(sortOf('key:desc,namespace,key:asc')).toEqual([
    { field: 'key', descending: true },
    { field: 'namespace', descending: false },
  ]);
});

it('a pattern that costs much for one long text is refused', () => {
  const test = compilePattern('(a{0,50}b){0,5}$', new MatchingBudget());
  expect(test('aaab')).toBe(true);
  expect(() => test('a'.repeat(16_384))).toThrow(expect.objectContaining({ code: 'invalid' }));
});
