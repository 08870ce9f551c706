export { forbidCrashFiles } from './crash-files.js';
export * from './line-output.js';
export * from './logger.js';
export * from './metrics.js';
export * from './traces/otlp-traces.js';
export * from './traces/traces.js';
