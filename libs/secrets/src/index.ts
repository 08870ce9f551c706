export * from './clock.js';
export * from './code-points.js';
export * from './coffer-error.js';
export * from './error-code.js';
export * from './fence.js';
export * from './metadata.js';
export * from './secret-path.js';
export * from './secret-value.js';
