export * from './catalogue-lists.js';
export * from './catalogue-service.js';
