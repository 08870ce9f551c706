export type {
  DialectName,
  EmbeddedConnection,
  H2FileConnection,
  JdbcConnection,
  ServerConnection,
  Tls,
} from './connection.js';
export { open, openEmbedded, openJdbcBackend, type EmbeddedDatabase, type JdbcBackendOptions } from './open.js';
