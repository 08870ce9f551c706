export type {
  DialectName,
  EmbeddedConnection,
  H2FileConnection,
  JdbcConnection,
  ServerConnection,
  Tls,
} from './connection.js';
export { openJdbcBackend, type JdbcBackendOptions } from './open.js';
