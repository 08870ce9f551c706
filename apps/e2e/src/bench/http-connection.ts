import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  /** Of a few, so as they came: the server's own order and case. */
  readonly head: string;
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One request, written once and sent as often as wanted. */
export const requestBytes = (
  method: string,
  target: string,
  { token, body }: { readonly token?: string; readonly body?: unknown } = {},
): Buffer => {
  const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const head = [
    `${method} ${target} HTTP/1.1`,
    'host: 127.0.0.1',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(text === undefined ? [] : ['content-type: application/json', `content-length: ${text.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), text ?? Buffer.alloc(0)]);
};

/**
 * A keep-alive connection with one request under way at a time, and as little work per request as can be, so that what
 * is measured is the server. Understands answers with a `content-length` or without a body.
 */
export class HttpConnection {
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  send(request: Buffer): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const bodyAt = headEnd + HEAD_END.length;
    if (this.#received.length < bodyAt + length) return;
    const body = this.#received.subarray(bodyAt, bodyAt + length);
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body });
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
