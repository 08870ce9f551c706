import type { Filterable, Predicate } from '../filters/index.js';
import { comparatorOf, type SortKey } from './sorting.js';

export interface PageRequest {
  /** From 1. */
  readonly page: number;
  readonly size: number;
  readonly sort: readonly SortKey[];
}

export interface Page<R> {
  readonly results: readonly R[];
  /** Of all matches, exact. */
  readonly total: number;
}

/** The page of the rows that satisfy the predicate; empty beyond the last one. */
export const pageOf = <R extends Filterable>(
  rows: readonly R[],
  predicate: Predicate,
  request: PageRequest,
): Page<R> => {
  const matches = rows.filter(predicate).sort(comparatorOf(request.sort));
  const start = (request.page - 1) * request.size;
  return { results: matches.slice(start, start + request.size), total: matches.length };
};
