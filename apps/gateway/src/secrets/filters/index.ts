export * from './filter.js';
export * from './parse-filters.js';
export * from './predicate.js';
