export type { DialectName, EmbeddedConnection, JdbcConnection, ServerConnection } from './connection.js';
export { openJdbcBackend, type JdbcBackendOptions } from './open-jdbc-backend.js';
