export * from './decorated-backend.js';
export * from './faulty-backend.js';
export * from './observed-backend.js';
export * from './faulty-proxy.js';
export * from './http-proxy.js';
export * from './refusing-proxy.js';
export { FAULT_KINDS, type FaultKind } from '../harness.js';
