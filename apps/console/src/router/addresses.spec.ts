import { localTime, utcTime } from '../imports/local-time.js';
import { languageOf } from '../messages/languages.js';
import { ancestorsOf, treeRows } from './namespace-tree.js';
import { addressOf, kestraReference, placeOf } from './secret-address.js';
import { DEFAULT_SORT, directionOf, filtersOf, nextSort, queryOf } from './secret-filters.js';
import { pathAfterSignIn } from './sign-in-address.js';

describe('filters', () => {
  it('are what the address says, and the address what they say', () => {
    const query = {
      ...{ ns: 'company.team', children: 'false', inherit: 'true', q: 'a b&c' },
      ...{ tag: ['x=1', 'y'], state: ['drifted'], sort: 'changed:desc' },
    };
    expect(queryOf(filtersOf(query))).toEqual(query);
    expect(queryOf(filtersOf({}))).toEqual({});
  });

  it('pass over what cannot be', () => {
    const filters = filtersOf({ sort: 'value:asc', state: ['gone', 'missing'], tag: [null, ''], ns: ['a', 'b'] });
    expect(filters).toMatchObject({ sort: DEFAULT_SORT, states: ['missing'], tags: [], namespace: 'a' });
    expect(filtersOf({ sort: 'key:asc:x' }).sort).toBe(DEFAULT_SORT);
  });

  it('sort up, down, and as before', () => {
    expect(nextSort(DEFAULT_SORT, 'key')).toBe('key:asc');
    expect(nextSort('key:asc', 'key')).toBe('key:desc');
    expect(nextSort('key:desc', 'key')).toBe(DEFAULT_SORT);
    expect(['key:asc', 'key:desc', 'store:asc'].map((sort) => directionOf(sort, 'key'))).toEqual([
      ...['ascending', 'descending', 'none'],
    ]);
  });
});

it('a secret has one address, whatever its key holds', () => {
  const place = { namespace: 'company.team', key: 'a/b c/%2F' };
  expect(placeOf(addressOf(place))).toEqual(place);
  for (const address of ['', 'company', '/KEY', 'company/']) expect(placeOf(address)).toBeUndefined();
  expect(kestraReference("it's")).toBe("{{ secret('it\\'s') }}");
});

it.each([
  ['/ui/main/secrets?ns=a', '/main/secrets?ns=a'],
  ['/main/audit', '/main/audit'],
  ['//evil.example/', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in?to=/sign-in', '/'],
  ['', '/'],
])('after signing in %j leads to %s', (to, path) => {
  expect(pathAfterSignIn(to)).toBe(path);
});

describe('the tree of namespaces', () => {
  const all = ['a', 'a-b', 'a.b', 'a.b.c', 'x.y'].map((namespace) => ({ namespace, permissions: [] }));
  const shown = (open: string[], search = ''): string[] =>
    treeRows(all, new Set(open), search).map(({ depth, label }) => `${depth} ${label}`);

  it('shows what is below open ones, children right below their parents', () => {
    expect(shown([])).toEqual(['0 a', '0 a-b', '0 x.y']);
    expect(shown(['a', 'a.b'])).toEqual(['0 a', '1 b', '2 c', '0 a-b', '0 x.y']);
    expect(shown(['a.b'])).toEqual(['0 a', '0 a-b', '0 x.y']);
  });

  it('shows what a search matches with what is above it', () => {
    expect(shown([], 'B.C')).toEqual(['0 a', '1 b', '2 c']);
    expect(shown([], 'nothing')).toEqual([]);
  });

  it('knows what is above', () => {
    expect(ancestorsOf('a.b.c')).toEqual(['a', 'a.b']);
    expect(ancestorsOf('a')).toEqual([]);
  });
});

it('takes the language that was chosen, else one of the browser, else English', () => {
  expect(languageOf('', ['fr-FR', 'de-CH', 'en'])).toBe('de');
  expect(languageOf('en', ['de'])).toBe('en');
  expect(languageOf('', ['fr'])).toBe('en');
});

it('shows times in the clock of this place and sends them in UTC', () => {
  const time = utcTime('2026-01-31T12:30');
  expect(time).toMatch(/Z$/);
  expect(localTime(time)).toBe('2026-01-31T12:30');
  expect([utcTime(''), utcTime('x'), localTime(''), localTime('x')]).toEqual(['', '', '', '']);
});
