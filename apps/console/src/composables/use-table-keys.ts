import type { SecretRow } from '../api/types.js';

export type RowAction = 'edit' | 'reference' | 'value' | 'delete' | 'reveal' | 'hide';

export interface TableKeys {
  /** The row that the focus is on, and its place. */
  active: () => { index: number; row: SecretRow | undefined };
  count: () => number;
  /** Rows that are seen at once. */
  pageSize: () => number;
  moveTo: (index: number) => void;
  select: (row: SecretRow) => void;
  open: (row: SecretRow) => void;
  act: (action: RowAction, row: SecretRow) => void;
}

/** The keys of a table of secrets: arrows move, letters do something with the row that has the focus. */
export const useTableKeys = ({ active, count, pageSize, moveTo, select, open, act }: TableKeys) => {
  const placeAfter = (key: string, index: number): number | undefined =>
    ({
      ...{ ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + pageSize(), PageUp: index - pageSize() },
      ...{ Home: 0, End: count() - 1 },
    })[key];
  const actionOf = (event: KeyboardEvent, row: SecretRow): (() => void) | undefined => {
    const actions: Record<string, () => void> = {
      e: () => act('edit', row),
      x: () => select(row),
      c: () => act('reference', row),
      y: () => act('value', row),
      r: () => event.repeat || act('reveal', row),
      Delete: () => act('delete', row),
    };
    return actions[event.key];
  };
  return {
    onKey: (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const { index, row } = active();
      const place = placeAfter(event.key, index);
      // On whatever is in a row, Enter does what that says.
      const opens = event.key === 'Enter' && event.target === event.currentTarget;
      const action = row === undefined ? undefined : opens ? () => open(row) : actionOf(event, row);
      if (place === undefined && action === undefined) return;
      event.preventDefault();
      if (place !== undefined) moveTo(place);
      else action?.();
    },
    onKeyUp: ({ key }: KeyboardEvent): void => {
      const { row } = active();
      if (key === 'r' && row !== undefined) act('hide', row);
    },
  };
};
