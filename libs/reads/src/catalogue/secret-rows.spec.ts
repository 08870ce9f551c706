import { CatalogueEntry } from '@coffer/catalogue';
import fc from 'fast-check';
import { RowOrder, ROW_FIELDS, type RowField, type RowSortKey, type SecretRow } from './secret-rows.js';

interface Cells {
  readonly namespace?: string;
  readonly key?: string;
  readonly description?: string | undefined;
  readonly changedAt?: number | undefined;
  readonly store?: string;
}

const row = ({ namespace = 'a', key = 'K', description, changedAt, store = 's' }: Cells): SecretRow => ({
  entry: new CatalogueEntry(namespace, key, description, [], 'v', 1, changedAt),
  source: { store: { name: store } } as SecretRow['source'],
  ...{ origin: 'here', missing: false },
});
const ordered = (keys: readonly RowSortKey[], rows: readonly Cells[]) => {
  const order = new RowOrder(keys);
  return rows.map(row).toSorted(order.compare);
};
const up = (field: RowField): RowSortKey => ({ field, descending: false });
const down = (field: RowField): RowSortKey => ({ field, descending: true });
const text = fc.constantFrom('a', 'b', 'a.b', 'Z');
const cells = fc.record({
  ...{ namespace: text, key: text, store: text, description: fc.option(text, { nil: undefined }) },
  changedAt: fc.option(fc.constantFrom(9, 10, 1_800_000_000_000), { nil: undefined }),
});
const sortKeys = fc.uniqueArray(
  fc.record({ field: fc.constantFrom<RowField>(...ROW_FIELDS), descending: fc.boolean() }),
  { selector: ({ field }) => field },
);

it('rows are in the order of namespace and key, where nothing else is asked for', () => {
  const rows = ordered([], [{ namespace: 'b' }, { namespace: 'a', key: 'Y' }, { namespace: 'a', key: 'X' }]);
  expect(rows.map(({ entry }) => `${entry.namespace}/${entry.key}`)).toEqual(['a/X', 'a/Y', 'b/K']);
});

it.each<[string, RowSortKey, Cells[], (row: SecretRow) => unknown, unknown[]]>([
  ['keys', down('key'), [{ key: 'a' }, { key: 'b' }], ({ entry }) => entry.key, ['b', 'a']],
  [
    'descriptions, none first',
    up('description'),
    [{ description: 'b' }, { description: 'a' }, {}],
    ({ entry }) => entry.description,
    [undefined, 'a', 'b'],
  ],
  [
    'times, which are numbers, unknown ones first',
    up('changed'),
    [{ changedAt: 10 }, { changedAt: 9 }, {}],
    ({ entry }) => entry.changedAt,
    [undefined, 9, 10],
  ],
  ['stores', down('store'), [{ store: 'a' }, { store: 'b' }], ({ source }) => source.store.name, ['b', 'a']],
])('rows are in the order of %s', (_what, key, rows, of, expected) => {
  expect(ordered([key], rows).map(of)).toEqual(expected);
});

it('a position holds no more of a description than 64 characters', () => {
  const long = row({ description: 'x'.repeat(100) });
  expect(new RowOrder([up('description')]).position(long)).toEqual(['x'.repeat(64), 'a', 'K']);
});

it('a row is after a position as it is after the row of that position, and no two rows share one', () => {
  fc.assert(
    fc.property(sortKeys, cells, cells, (keys, one, other) => {
      const order = new RowOrder(keys);
      const [a, b] = [row(one), row(other)];
      expect(order.isAfter(a, order.position(b))).toBe(order.compare(a, b) > 0);
      expect(order.compare(a, b)).toBe(-order.compare(b, a) || 0);
      const isSamePlace = one.namespace === other.namespace && one.key === other.key;
      expect(order.compare(a, b) === 0).toBe(
        isSamePlace && keys.every(({ field }) => cellOf(one, field) === cellOf(other, field)),
      );
    }),
  );
});

const cellOf = (of: Cells, field: RowField): unknown =>
  field === 'changed' ? of.changedAt : field === 'description' ? (of.description ?? '') : of[field];

it.each<[boolean, RowSortKey[]]>([
  [true, []],
  [true, [up('namespace')]],
  [true, [up('namespace'), up('key'), down('store')]],
  [false, [down('namespace')]],
  [false, [up('namespace'), down('key')]],
  [false, [up('namespace'), up('store')]],
  [false, [up('key')]],
])('it is %s of %j that lists are in that order already', (isByPlace, keys) => {
  expect(new RowOrder(keys).isByPlace).toBe(isByPlace);
});
