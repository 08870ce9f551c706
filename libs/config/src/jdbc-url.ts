import type { SecretValue } from '@coffer/secrets';
import { parseH2Url } from './jdbc-h2-url.js';
import { parseNetworkUrl } from './jdbc-network-url.js';
import { refuseUrl } from './jdbc-refusal.js';

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

/** Throws `configuration`; the message continues a sentence that begins with the setting's path. */
export const parseJdbcUrl = (text: string): JdbcUrl => {
  const [, dialect, rest] = /^jdbc:(postgresql|mysql|mariadb|h2):(.*)$/s.exec(text.trim()) ?? [];
  if (rest === undefined) {
    throw refuseUrl('must begin with jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb: or jdbc:h2:');
  }
  if (dialect === 'h2') return parseH2Url(rest);
  return parseNetworkUrl(dialect as NetworkJdbcUrl['dialect'], rest);
};
