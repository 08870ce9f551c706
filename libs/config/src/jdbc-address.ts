import type { SecretValue } from '@coffer/secrets';

/** How a connection is protected. `verify-full` checks the host's name as well as the certificate. */
export type JdbcTls = 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-full';

/** A PostgreSQL, MySQL or MariaDB server. */
export interface NetworkJdbcUrl {
  readonly dialect: 'postgresql' | 'mysql' | 'mariadb';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username?: string;
  readonly password?: SecretValue;
  /** What the dialect's driver makes of its TLS parameters, its default included. */
  readonly tls: JdbcTls;
  /** All other parameters, by the names that the JDBC driver gives them. */
  readonly params: Readonly<Record<string, string>>;
  /** Parameters that are passwords themselves, such as `sslpassword`. */
  readonly secretParams: Readonly<Record<string, SecretValue>>;
}

interface AnyH2Url {
  readonly dialect: 'h2';
  readonly username?: string;
  readonly password?: SecretValue;
  readonly params: Readonly<Record<string, string>>;
}

/** An H2 database file, for which Coffer starts a server of its own. */
export interface H2FileUrl extends AnyH2Url {
  readonly mode: 'file';
  /** As written, without `.mv.db`; may begin with `~/` or be relative to the working directory. */
  readonly path: string;
}

/** Coffer's own form, `jdbc:h2:pg://HOST:PORT/DATABASE`: the PostgreSQL-protocol server that comes with H2. */
export interface H2ServerUrl extends AnyH2Url {
  readonly mode: 'server';
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

export type H2JdbcUrl = H2FileUrl | H2ServerUrl;

export type JdbcUrl = NetworkJdbcUrl | H2JdbcUrl;
