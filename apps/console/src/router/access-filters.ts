import type { Permission } from '../api/types.js';
import { text, type Query } from './secret-filters.js';

export const PERMISSIONS: readonly Permission[] = ['list', 'resolve', 'write', 'delete', 'admin'];

export const isPermission = (value: string): value is Permission => (PERMISSIONS as readonly string[]).includes(value);

/** Grants of one page. */
export const ACCESS_PAGE_SIZE = 50;

/** Which grants are shown, as their address says it. */
export interface AccessFilters {
  principal: string;
  namespace: string;
  permission: Permission | '';
  page: number;
}

/** Reads what is right and passes over the rest. */
export const accessFiltersOf = (query: Query): AccessFilters => {
  const gives = text(query['gives']);
  return {
    ...{ principal: text(query['who']), namespace: text(query['at']) },
    permission: isPermission(gives) ? gives : '',
    page: Math.max(1, Math.trunc(Number(text(query['page']))) || 1),
  };
};
