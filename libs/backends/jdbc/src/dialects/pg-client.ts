import type { Readable } from 'node:stream';
import pg from 'pg';

/** What `pg.Client` has and its types do not tell. */
export interface PgConnection {
  readonly stream: Readable;
  /** Reads the answers of the server from the stream. */
  attachListeners(stream: Source): void;
}
type Listener = (chunk: Buffer) => void;
/** What `pg` uses of the stream from which it reads. */
interface Source {
  on(event: string, listener: Listener): unknown;
}

const Base = pg.Client as unknown as new (options: object) => pg.Client & {
  readonly connection: PgConnection;
  readonly connectionParameters: { options?: string | undefined };
};

export const ignore = (): void => undefined;

/** The stream, which ends with an error where a listener throws: thrown by a listener of a socket it would end the process. */
const endedByThrownErrors = (stream: Readable): Source => ({
  on: (event, listener) =>
    stream.on(event, (chunk: Buffer) => {
      try {
        listener(chunk);
      } catch {
        stream.destroy(new Error('the server sent what is not the protocol of PostgreSQL'));
      }
    }),
});

/**
 * The client of the `pg` package, whose errors never end the process. A connection that breaks while no statement runs
 * emits `error`, which ends the process if nobody listens. The pool of `pg` listens while a connection is idle, TypeORM a
 * few microtasks after it took one, and a server may send its last error in one packet with the answer before it. The
 * error is not lost: the next statement on that connection fails, and the connection then leaves the pool.
 */
export class PgClient extends Base {
  constructor(options: object) {
    super(options);
    this.on('error', ignore);
    // They come from PGOPTIONS: a pooler refuses a start-up parameter that it does not know.
    this.connectionParameters.options = undefined;
    const { connection } = this;
    const attachListeners = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream) => attachListeners(endedByThrownErrors(stream as Readable));
  }
}
