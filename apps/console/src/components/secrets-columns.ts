import { preferences } from '../stores/preferences.js';

/** The columns of the table of secrets, in their order. `narrow`: stays on a small screen. */
export const COLUMNS = [
  { name: 'key', width: 190, sort: 'key', narrow: true },
  { name: 'origin', width: 250, sort: 'namespace', narrow: false },
  { name: 'description', width: undefined, sort: 'description', narrow: false },
  { name: 'tags', width: 200, sort: undefined, narrow: false },
  { name: 'store', width: 96, sort: 'store', narrow: false },
  { name: 'changed', width: 106, sort: 'changed', narrow: false },
  { name: 'state', width: 136, sort: undefined, narrow: false },
] as const;

export type Column = (typeof COLUMNS)[number];
export type ColumnName = Column['name'];

/** Those that can be hidden. */
export const OPTIONAL_COLUMNS = COLUMNS.map(({ name }) => name).filter((name) => name !== 'key');

export const MIN_WIDTH_PX = 70;
export const MAX_WIDTH_PX = 800;

/** A column's width, as somebody chose it or by default; `undefined` for a column that takes what the others leave. */
export const widthOf = ({ name, width }: Column): number | undefined => preferences.columnWidths[name] ?? width;
