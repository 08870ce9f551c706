import { firstOf, Pace } from '@coffer/reads';
import type { Filterable, Predicate } from '../filters/index.js';
import { sliceOf, type PageNumber } from '../../http/request/paging.js';
import { BY_PATH, comparatorOf, type SortKey } from './sorting.js';

export interface PageRequest extends PageNumber {
  readonly sort: readonly SortKey[];
}

export interface Page<R> {
  readonly results: readonly R[];
  /** Number of all matches, exact. */
  readonly total: number;
}

/**
 * The page of the rows that satisfy the predicate; empty beyond the last one. `rows` are in the order of `BY_PATH`, and may
 * change once this function waits: the page is of the rows as they are now. The event loop is given back meanwhile.
 */
export const pageOf = async <R extends Filterable>(
  rows: readonly R[],
  predicate: Predicate,
  { page, size, sort }: PageRequest,
): Promise<Page<R>> => {
  const pace = new Pace();
  const matches: R[] = [];
  for (const row of rows.slice()) {
    if (pace.due()) await pace.rest();
    if (predicate(row)) matches.push(row);
  }
  const ordered = sort === BY_PATH ? matches : await firstOf(matches, page * size, comparatorOf(sort), pace);
  return { results: sliceOf(ordered, { page, size }), total: matches.length };
};
