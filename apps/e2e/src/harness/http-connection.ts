import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)/i;

/** One whole answer. What is not looked at costs the client nothing. */
export class HttpAnswer {
  constructor(
    readonly status: number,
    private readonly bytes: Buffer,
    private readonly bodyAt: number,
    private readonly end: number,
  ) {}

  /** The headers as they came: the server's own order and case. */
  get head(): string {
    return this.bytes.toString('latin1', 0, this.bodyAt - HEAD_END.length);
  }

  get body(): Buffer {
    return this.bytes.subarray(this.bodyAt, this.end);
  }
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** One request, written once and sent as often as wanted. */
export const requestBytes = (
  method: string,
  target: string,
  {
    token,
    body,
    headers = {},
  }: {
    readonly token?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Buffer => {
  const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const head = [
    `${method} ${target} HTTP/1.1`,
    'host: 127.0.0.1',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(text === undefined ? [] : ['content-type: application/json', `content-length: ${text.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), text ?? Buffer.alloc(0)]);
};

/**
 * A keep-alive connection with one request under way at a time, and as little work per request as can be, so that what
 * is measured is the server. Understands answers with a `content-length` or without a body.
 */
export class HttpConnection {
  #received: Buffer = NOTHING;
  #waiting: Waiting | undefined;

  #socket: Socket | undefined;

  private constructor(private readonly port: number) {}

  static async open(port: number): Promise<HttpConnection> {
    const connection = new HttpConnection(port);
    await connection.#connect();
    return connection;
  }

  /** Connects again where the server has closed the idle connection. Rejects when it does so before it has answered. */
  send(request: Buffer): Promise<HttpAnswer> {
    const socket = this.#socket;
    if (socket === undefined) return this.#connect().then((connected) => this.#send(connected, request));
    return this.#send(socket, request);
  }

  close(): void {
    this.#socket?.destroy();
  }

  #send(socket: Socket, request: Buffer): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      socket.write(request);
    });
  }

  async #connect(): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#socket = undefined;
      this.#fail(new Error('the server closed the connection'));
    });
    this.#received = NOTHING;
    return (this.#socket = socket);
  }

  #read(chunk: Buffer): void {
    const received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    this.#received = received;
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const bodyAt = headEnd + HEAD_END.length;
    const end = bodyAt + Number(CONTENT_LENGTH.exec(received.toString('latin1', 0, headEnd))?.[1] ?? 0);
    if (received.length < end) return;
    this.#received = NOTHING;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(new HttpAnswer(Number(received.toString('latin1', 9, 12)), received, bodyAt, end));
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
