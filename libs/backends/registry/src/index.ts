export { BackendRegistry, type RegistryOptions } from './backend-registry.js';
export { jdbcConnectionOf } from './jdbc-connection.js';
export type { Manager } from './manager.js';
export { type EmbeddedDatabase } from './open-store.js';
