import type { SecretValue } from '@coffer/secrets';

/** A database in one file of this machine; one process at a time (the caller locks the folder). */
export interface EmbeddedConnection {
  readonly dialect: 'embedded';
  readonly file: string;
}

export interface ServerConnection {
  readonly dialect: 'postgresql' | 'mysql';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: SecretValue;
  /** What stands after the `?` of a JDBC URL. Parameters that mean nothing to Coffer are ignored. */
  readonly params?: Readonly<Record<string, string>>;
}

export type JdbcConnection = EmbeddedConnection | ServerConnection;
export type DialectName = JdbcConnection['dialect'];
