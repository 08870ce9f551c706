import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { answerBrokenRequest } from './errors/broken-request.js';
import type { HttpLimits } from './http-limits.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether clients of Vault are answered; absent until the application is initialised. */
    answersVault?: boolean;
  }
}

interface ParseError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
  /** Where in the packet the parser stopped. */
  readonly bytesParsed?: number;
}

const METHOD = 'LIST';
/** Codes of errors: Node's. */
const INVALID_METHOD = 'HPE_INVALID_METHOD';
/** Characters of the method that the parser takes for the beginning of another: `LI`, as in `LINK`. */
const PARSED = 2;
const HEAD_END = '\r\n\r\n';
const REQUEST_LINE = /^LIST (\/v1\/[^ ?\r\n]*)(?:\?([^ \r\n]*))? (HTTP\/1\.[01])\r\n/;
const BODY = /\r\n(?:content-length[ \t]*:[ \t]*0*[1-9]|transfer-encoding[ \t]*:)/i;
const CONNECTION = /\r\nconnection[ \t]*:[^\r\n]*/gi;

/** As Vault reads it: a GET with `list=true`, the last on its connection. */
const asGet = (head: string): string | undefined => {
  if (BODY.test(head)) return undefined;
  const line = REQUEST_LINE.exec(head);
  if (line === null) return undefined;
  const [whole, path = '', query = '', version = ''] = line;
  const others = query.split('&').filter((parameter) => parameter !== '' && !/^list(?:=|$)/.test(parameter));
  const target = `${path}?${[...others, 'list=true'].join('&')}`;
  const headers = `\r\n${head.slice(whole.length)}`.replaceAll(CONNECTION, '');
  return `GET ${target} ${version}${headers.slice(0, -2)}Connection: close\r\n\r\n`;
};

/** The rest of a connection whose parser has given up, with what it is to read instead. */
class TakenConnection extends Duplex {
  constructor(
    private readonly socket: Socket,
    head: string,
  ) {
    super();
    this.push(Buffer.from(head, 'latin1'));
    socket.once('close', () => this.destroy());
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  override _read(): void {
    // There is nothing behind the request that is taken.
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, encoding, done);
  }

  /** As Node ends a connection after its last answer: whether the client closes its side or not. */
  override _final(done: () => void): void {
    this.socket.destroySoon();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroySoon();
    done(error);
  }
}

/**
 * Serves requests of the method LIST, which Vault's clients send and Node's parser does not know: of a connection that ends in
 * such a one, the parser's own error has the bytes. Their connections end with the answer.
 */
export class ListRequests {
  readonly #taken = new WeakSet<Socket>();
  #inner: Server | undefined;

  constructor(
    private readonly server: FastifyInstance,
    private readonly limits: Pick<HttpLimits, 'headerBytes' | 'headers'>,
    /** Tells the taken connection's certificate where the socket's is known. */
    private readonly adopt: (connection: object, socket: object) => void,
  ) {}

  /** Whether the broken request was one of these, or its connection is. Otherwise it is for somebody else to answer. */
  take(error: ParseError, socket: Socket): boolean {
    if (this.#taken.has(socket)) return true;
    const { code, rawPacket, bytesParsed = 0 } = error;
    if (this.server.answersVault !== true || code !== INVALID_METHOD || rawPacket === undefined) return false;
    const start = bytesParsed - PARSED;
    const beginning = start < 0 ? '' : rawPacket.toString('latin1', start, start + METHOD.length);
    // An answer that is still to be written would be mixed with this one's.
    if (beginning === '' || !METHOD.startsWith(beginning) || isAnswering(socket)) return false;
    this.#taken.add(socket);
    this.#collect(socket, rawPacket.subarray(start), error);
    return true;
  }

  /** Until the head is whole, which is as bounded in bytes and time as any. */
  #collect(socket: Socket, begun: Buffer, error: ParseError): void {
    let head = begun.toString('latin1');
    const end = (): void => {
      clearTimeout(timer);
      socket.off('data', read);
    };
    const refuse = (code: string): void => {
      end();
      answerBrokenRequest(Object.assign(error, { code }), socket);
    };
    const look = (): void => {
      const at = head.indexOf(HEAD_END);
      if (at === -1) return head.length > this.limits.headerBytes ? refuse('HPE_HEADER_OVERFLOW') : undefined;
      end();
      const get = asGet(head.slice(0, at + HEAD_END.length));
      if (get === undefined) return refuse(INVALID_METHOD);
      const connection = new TakenConnection(socket, get);
      this.adopt(connection, socket);
      this.#parser().emit('connection', connection);
      return undefined;
    };
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      look();
    };
    const timer = setTimeout(() => refuse('ERR_HTTP_REQUEST_TIMEOUT'), this.limits.headers).unref();
    socket.once('close', end);
    socket.on('data', read);
    look();
  }

  /** Parses what is taken, and hands it to the listeners of the server that has the connections. */
  #parser(): Server {
    if (this.#inner !== undefined) return this.#inner;
    const { server } = this.server;
    const inner = createServer({ maxHeaderSize: this.limits.headerBytes });
    inner.maxHeadersCount = server.maxHeadersCount;
    inner.on('request', (request: IncomingMessage, response: ServerResponse) => {
      server.emit('request', request, response);
    });
    return (this.#inner = inner);
  }
}

/** Node's own mark on a connection whose answer is not written to its end. */
const isAnswering = (socket: Socket & { readonly _httpMessage?: unknown }): boolean => socket._httpMessage != null;
