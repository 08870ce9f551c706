export * from './coherence-probe.js';
export * from './compose-gateway.js';
export * from './gateway.module.js';
export * from './http/index.js';
