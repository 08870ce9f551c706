export * from './applier/applier.js';
export type * from './applier/events.js';
export * from './authority.js';
export * from './coordinator.js';
export * from './log-record.js';
export * from './operation-table.js';
export * from './timing.js';
