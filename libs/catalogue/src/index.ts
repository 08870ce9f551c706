export * from './catalogue.js';
export { CatalogueEntry } from './entry.js';
export type { RecentRecord, State } from './recent-records.js';
export type { Absence, Drift, Section } from './section.js';
