export * from './describe-conformance.js';
export * from './faults/index.js';
export * from './leaks.js';
export * from './model/check-against-model.js';
export * from './harness.js';
export * from './through-facade.js';
