export * from './catalogue.js';
export { CatalogueEntry } from './entry.js';
export type { RecentRecord, State } from './recent-records.js';
export type { Drift, DriftedSecret, DriftKind } from './drift.js';
export type { Absence, Section } from './section.js';
