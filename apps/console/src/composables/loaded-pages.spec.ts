import type { SecretRow } from '../api/types.js';
import { LoadedPages } from './loaded-pages.js';

const PAGE_SIZE = 2;
const row = (key: string, description = ''): SecretRow =>
  ({
    ...{ namespace: 'company', key, description, tags: [], states: [] },
    ...{ origin: { kind: 'here' }, store: { name: 'default', type: 'embedded', readOnly: false } },
  }) as unknown as SecretRow;
const pageOf = (page: number, characters = 0): SecretRow[] =>
  Array.from({ length: PAGE_SIZE }, (_, at) => row(`KEY_${page * PAGE_SIZE + at}`, 'd'.repeat(characters)));

/** As much as three pages with descriptions of 1,000 characters. */
const MAX_BYTES = 16_000;

describe('LoadedPages', () => {
  let pages: LoadedPages;
  const loaded = (): number[] => Array.from({ length: 20 }, (_, page) => page).filter((page) => pages.has(page));
  const placeOf = (key: string): number => pages.indexOf({ namespace: 'company', key });
  beforeEach(() => {
    pages = new LoadedPages(PAGE_SIZE, MAX_BYTES);
  });

  it('finds a row by its place, and the place of a row', () => {
    pages.set(0, pageOf(0), [0, 0]);
    pages.set(3, pageOf(3), [3, 3]);
    expect([pages.rowAt(1)?.key, pages.rowAt(7)?.key, pages.rowAt(2)]).toEqual(['KEY_1', 'KEY_7', undefined]);
    expect([placeOf('KEY_7'), placeOf('KEY_2')]).toEqual([7, -1]);
    expect([pages.count, pages.rows().map(({ key }) => key)]).toEqual([4, ['KEY_0', 'KEY_1', 'KEY_6', 'KEY_7']]);
  });

  it('keeps what fits, and drops what is farthest from what is in view', () => {
    for (let page = 0; page < 10; page += 1) {
      pages.set(page, pageOf(page, 1_000), [page, page]);
      expect(pages.bytes).toBeLessThanOrEqual(MAX_BYTES);
    }
    expect(loaded()).toEqual([7, 8, 9]);
    pages.set(6, pageOf(6, 1_000), [6, 7]);
    expect(loaded()).toEqual([6, 7, 8]);
  });

  it('keeps what is in view, whatever it takes', () => {
    pages.set(0, pageOf(0, 10), [0, 0]);
    pages.set(4, pageOf(4, 9_000), [4, 5]);
    pages.set(5, pageOf(5, 9_000), [4, 5]);
    expect(loaded()).toEqual([4, 5]);
    expect(pages.bytes).toBeGreaterThan(MAX_BYTES);
  });

  it('counts a page that is loaded again once', () => {
    pages.set(0, pageOf(0, 1_000), [0, 0]);
    const { bytes } = pages;
    pages.set(0, pageOf(0, 1_000), [0, 0]);
    expect([pages.bytes, pages.count]).toEqual([bytes, PAGE_SIZE]);
    pages.set(1, pageOf(1), [0, 1]);
    pages.retain([0]);
    expect([loaded(), pages.bytes, pages.count]).toEqual([[0], bytes, PAGE_SIZE]);
    pages.clear();
    expect([loaded(), pages.bytes, pages.count]).toEqual([[], 0, 0]);
  });
});
