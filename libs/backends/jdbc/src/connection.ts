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
  /** `h2`: the PostgreSQL-protocol server that comes with H2. */
  readonly dialect: 'postgresql' | 'mysql' | 'h2';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: SecretValue;
  readonly tls: Tls;
  /** PEM file of the authorities that `verify-ca` and `verify-full` trust; defaults to those of Node. */
  readonly caFile?: string;
  /** The client's own certificate (PEM) and its key: PEM or PKCS #8 in DER. */
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly keyPassword?: SecretValue;
  /** PostgreSQL's schema of the tables, an identifier as it is stored; defaults to the first of the user's search path. */
  readonly schema?: string;
}

/** A database file of H2, behind a server process of our own. One process at a time. */
export interface H2FileConnection {
  readonly dialect: 'h2-file';
  /** Absolute, without `.mv.db`. */
  readonly file: string;
  readonly username: string;
  readonly password: SecretValue;
  /** The program and the jar that make the server. */
  readonly java: string;
  readonly jar: string;
}

export type JdbcConnection = EmbeddedConnection | ServerConnection | H2FileConnection;
export type DialectName = JdbcConnection['dialect'];
