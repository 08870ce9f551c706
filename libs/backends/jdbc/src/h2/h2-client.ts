import type { Socket } from 'node:net';
import { PgClient, ignore } from '../dialects/pg-client.js';
import { EndedErrors } from './ended-errors.js';

/** What `pg.Client` has and its types do not tell. */
interface Wire {
  readonly stream: Socket;
  attachListeners(stream: NodeJS.ReadableStream): void;
  once(event: 'authenticationCleartextPassword', listener: () => void): void;
  emit(event: string, ...parameters: unknown[]): boolean;
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

const rewritten = (statement: string): string =>
  REWRITES.reduce((text, [pattern, instead]) => text.replace(pattern, instead), statement);

/** The server closed the connection when it got the password: H2's way to refuse a login, for whatever reason. */
export const LOGIN_REFUSED = '28000';

/** What a server answers to the parts of a statement. */
const ANSWERS: ReadonlySet<string> = new Set([
  ...['errorMessage', 'parseComplete', 'bindComplete', 'noData', 'rowDescription', 'dataRow', 'commandComplete'],
  ...['emptyQuery', 'portalSuspended', 'parameterDescription'],
]);

/**
 * After an error PostgreSQL is silent until the end of the statement. H2 goes on with the statement's next part, and
 * `pg` would take what it says for the answer to the next statement, or give the connection up.
 */
const hearNothingAfterAnError = (connection: Wire): void => {
  const emit = connection.emit.bind(connection);
  let failed = false;
  connection.emit = (event, ...parameters) => {
    if (event === 'readyForQuery') failed = false;
    if (failed && ANSWERS.has(event)) return true;
    if (event === 'errorMessage') failed = true;
    return emit(event, ...parameters);
  };
};

/**
 * A portal for each prepared statement: when one cannot be prepared, H2 would execute what the common portal still holds,
 * which is the statement before it.
 */
const withPortal = (statement: object): object =>
  'name' in statement && typeof statement.name === 'string' ? { ...statement, portal: statement.name } : statement;

const Base = PgClient as unknown as new (options: object) => {
  readonly connection: Wire;
  connect(done: Connected): void;
  end(): Promise<void>;
  query(...parameters: unknown[]): unknown;
  once(event: 'connect', listener: () => void): void;
};

/** `pg`'s client for the server that H2 brings. Used by a pool, which connects by callback. */
export class H2Client extends Base {
  #asked = false;

  constructor(options: object) {
    super(options);
    const { connection } = this;
    hearNothingAfterAnError(connection);
    const listen = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream) => {
      const messages = new EndedErrors();
      messages.on('error', (error) => connection.stream.destroy(error));
      listen(stream.pipe(messages));
    };
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

  /**
   * By default H2 writes a commit up to 500 ms after it was answered, and kill -9 loses it. The setting does not outlive
   * a server that was killed, so each connection makes it; only an administrator may.
   */
  override connect(done: Connected): void {
    super.connect((error) => {
      const refused = this.#asked && error?.message === 'Connection terminated unexpectedly';
      if (error) done(refused ? Object.assign(new Error('refused'), { code: LOGIN_REFUSED }) : error);
      else super.query('SET WRITE_DELAY 0', (denied: Error | null) => this.#begin(denied, done));
    });
  }

  /** A pool forgets a client that did not connect, and would leave the connection open. */
  #begin(denied: Error | null, done: Connected): void {
    if (denied) void super.end().catch(ignore);
    done(denied ?? undefined);
  }

  override query(statement: unknown, ...rest: unknown[]): unknown {
    if (typeof statement === 'string') return super.query(rewritten(statement), ...rest);
    const prepared = typeof statement === 'object' && statement !== null && !('submit' in statement);
    return super.query(prepared ? withPortal(statement) : statement, ...rest);
  }
}

/** Whether TypeORM, which takes H2 for PostgreSQL, is configured to speak to it. */
export const isH2 = (options: { readonly type: string; readonly extra?: unknown }): boolean =>
  typeof options.extra === 'object' &&
  options.extra !== null &&
  'Client' in options.extra &&
  options.extra.Client === H2Client;
