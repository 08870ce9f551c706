import type { SecretValue } from '@coffer/secrets';

/** A database in one file of this machine; one process at a time (the caller locks the folder). */
export interface EmbeddedConnection {
  readonly dialect: 'embedded';
  readonly file: string;
}

/**
 * `preferred`: TLS without checking the certificate, or none where the server speaks none. `required`: the same, but
 * never none. `verify-full` checks the host's name as well as the certificate.
 */
export type Tls = 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-full';

export interface ServerConnection {
  readonly dialect: 'postgresql' | 'mysql';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: SecretValue;
  readonly tls: Tls;
  /** PEM file of the authorities that `verify-ca` and `verify-full` trust; default: those of Node. */
  readonly caFile?: string;
  /** PostgreSQL's schema; default: the user's own search path. */
  readonly schema?: string;
}

export type JdbcConnection = EmbeddedConnection | ServerConnection;
export type DialectName = JdbcConnection['dialect'];
