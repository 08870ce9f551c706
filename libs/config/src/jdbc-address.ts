import type { SecretValue } from '@coffer/secrets';

/** How a connection is protected. `verify-full` checks the host's name as well as the certificate. */
export type JdbcTls = 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-full';

/** What the driver of the dialect makes of its TLS parameters, its default included. */
export interface JdbcTlsSettings {
  readonly mode: JdbcTls;
  /** PEM file of the authorities that are trusted. */
  readonly caFile?: string;
  /** The client's own certificate (PEM), and its key: PEM or PKCS #8 in DER. */
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly keyPassword?: SecretValue;
}

/** A PostgreSQL, MySQL or MariaDB server. */
export interface NetworkJdbcUrl {
  readonly dialect: 'postgresql' | 'mysql' | 'mariadb';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username?: string;
  readonly password?: SecretValue;
  readonly tls: JdbcTlsSettings;
  /** PostgreSQL's schema of Coffer's tables; default: the first of the user's search path. */
  readonly schema?: string;
  /** Names of parameters that change nothing here. */
  readonly unused: readonly string[];
}

interface AnyH2Url {
  readonly dialect: 'h2';
  readonly username?: string;
  readonly password?: SecretValue;
  /** Names of settings that change nothing here. */
  readonly unused: readonly string[];
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
