export * from './forms.js';
export * from './search.js';
