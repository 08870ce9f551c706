import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'utf8');
const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(body.length + 4), body]);
};

const READY = message('Z', Buffer.from('I'));
const LOGGED_IN = Buffer.concat([message('R', int32(0)), message('K', int32(1), int32(1)), READY]);
/** What PostgreSQL says to a connection that an administrator or a shutdown ends. */
export const TERMINATED = message(
  'E',
  text('SFATAL'),
  text('C57P01'),
  text('Mterminating connection'),
  Buffer.alloc(1),
);
/** A row description that is cut short: whoever reads it reads beyond its end. */
export const UNREADABLE = message('T', int16(3));

const TEXT_OID = 25;
const columns = (name: string): Buffer =>
  message('T', int16(1), text(name), int32(0), int16(0), int32(TEXT_OID), int16(-1), int32(-1), int16(0));
const row = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'utf8');
  return message('D', int16(1), int32(bytes.length), bytes);
};

/** One row of one column for each statement by which a connection begins; a row of nothing else. */
const ANSWERS: readonly (readonly [RegExp, string, string])[] = [
  [/version\(\)/i, 'version', 'PostgreSQL 15.1'],
  [/server_version/i, 'server_version', '15.1'],
  [/current_database/i, 'current_database', 'stub'],
  [/current_schema/i, 'current_schema', 'public'],
  [/coffer_migrations/i, 'name', 'CreateSecrets1796000000000'],
];

const rowsOf = (sql: string): Buffer => {
  const [, name, value] = ANSWERS.find(([pattern]) => pattern.test(sql)) ?? [];
  if (name === undefined || value === undefined) return columns('id');
  return Buffer.concat([columns(name), row(value)]);
};

/** A server of the PostgreSQL protocol on 127.0.0.1, without tables, whose answers a test can end. */
export class PostgresqlStub {
  #answered = 0;
  #at = Infinity;
  #last: Buffer = TERMINATED;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PostgresqlStub> {
    const server = createServer();
    const stub = new PostgresqlStub(server);
    server.on('connection', (socket) => stub.#serve(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return stub;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Number of answers since the last call of `endWith`. */
  get answered(): number {
    return this.#answered;
  }

  /** The answer of this number, counted from now and the login among them, has these bytes in the same packet, and the connection ends. */
  endWith(last: Buffer, at: number): void {
    this.#answered = 0;
    this.#at = at;
    this.#last = last;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    let begun: Buffer = Buffer.alloc(0);
    let started = false;
    let answer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      begun = Buffer.concat([begun, chunk]);
      for (;;) {
        const head = started ? 1 : 0;
        if (begun.length < head + 4) return;
        const length = head + begun.readUInt32BE(head);
        if (begun.length < length) return;
        const received = begun.subarray(0, length);
        begun = begun.subarray(length);
        if (!started) {
          started = true;
          this.#end(socket, LOGGED_IN);
          continue;
        }
        answer = Buffer.concat([answer, answerTo(received)]);
        if (!answer.subarray(-READY.length).equals(READY)) continue;
        this.#end(socket, answer);
        answer = Buffer.alloc(0);
      }
    });
  }

  #end(socket: Socket, answer: Buffer): void {
    this.#answered += 1;
    if (this.#answered === this.#at) socket.end(Buffer.concat([answer, this.#last]));
    else socket.write(answer);
  }
}

/** The answer to one message of the client; complete with a ReadyForQuery at its end. */
const answerTo = (received: Buffer): Buffer => {
  const sql = received.toString('utf8', 5);
  switch (received.toString('latin1', 0, 1)) {
    case 'Q':
      return Buffer.concat([rowsOf(sql), message('C', text('SELECT 1')), READY]);
    case 'P':
      return Buffer.concat([message('1'), message('2'), rowsOf(sql)]);
    case 'S':
      return Buffer.concat([message('C', text('SELECT 1')), READY]);
    default:
      return Buffer.alloc(0);
  }
};
