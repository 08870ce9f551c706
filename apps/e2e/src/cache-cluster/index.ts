export * from './cached-cluster.js';
export * from './mortal-server.js';
export * from '../cluster/cache-sources.js';
