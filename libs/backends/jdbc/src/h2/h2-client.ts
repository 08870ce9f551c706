import type { Socket } from 'node:net';
import pg from 'pg';

/** What `pg.Client` has and its types do not tell. */
interface Wire {
  readonly stream: Socket;
  once(event: 'authenticationCleartextPassword', listener: () => void): void;
}

type Connected = (error?: Error) => void;

/** The frontend message `Flush`, which asks for nothing that has not been asked for. */
const FLUSH = Buffer.from([0x48, 0, 0, 0, 4]);

/** Where H2's grammar differs from PostgreSQL's in statements that TypeORM makes by itself. */
const REWRITES: readonly (readonly [RegExp, string])[] = [
  [/^SELECT \* FROM current_schema\(\)/i, 'SELECT current_schema() AS "current_schema"'],
  [/^SELECT \* FROM current_database\(\)/i, 'SELECT current_database() AS "current_database"'],
  [/^START TRANSACTION\b/i, 'BEGIN'],
];

const rewritten = (statement: unknown): unknown =>
  typeof statement === 'string'
    ? REWRITES.reduce((text, [pattern, instead]) => text.replace(pattern, instead), statement)
    : statement;

/** The server closed the connection on being told the password: H2's way to refuse a login, for whatever reason. */
export class LoginRefused extends Error {
  readonly code = '28000';
}

const Base = pg.Client as unknown as new (options: object) => {
  readonly connection: Wire;
  connect(done: Connected): void;
  query(...parameters: unknown[]): unknown;
  once(event: 'connect', listener: () => void): void;
};

/** `pg`'s client for the server that H2 brings. Used by a pool, which connects by callback. */
export class H2Client extends Base {
  #asked = false;

  constructor(options: object) {
    super(options);
    const { connection } = this;
    connection.once('authenticationCleartextPassword', () => {
      this.#asked = true;
    });
    // H2 sends each answer in pieces and waits, by Nagle's rule, until the first is acknowledged, which the system puts
    // off by 40 ms. Something to send carries the acknowledgement at once.
    this.once('connect', () => {
      const { stream } = connection;
      stream.on('data', () => {
        if (stream.writable) stream.write(FLUSH);
      });
    });
  }

  override connect(done: Connected): void {
    super.connect((error) => {
      const refused = this.#asked && error?.message === 'Connection terminated unexpectedly';
      done(refused ? new LoginRefused('refused') : error);
    });
  }

  override query(statement: unknown, ...rest: unknown[]): unknown {
    return super.query(rewritten(statement), ...rest);
  }
}

/** Whether TypeORM, which takes H2 for PostgreSQL, was told to speak to it. */
export const isH2 = (options: { readonly type: string; readonly extra?: unknown }): boolean =>
  typeof options.extra === 'object' &&
  options.extra !== null &&
  'Client' in options.extra &&
  options.extra.Client === H2Client;
