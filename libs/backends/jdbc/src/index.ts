export type { DialectName, EmbeddedConnection, JdbcConnection, ServerConnection, Tls } from './connection.js';
export { openJdbcBackend, type JdbcBackendOptions } from './open-jdbc-backend.js';
