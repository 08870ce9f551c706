import { once } from 'node:events';
import {
  createServer,
  request as requestHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, request as requestHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { FaultKind } from '../harness.js';

/** An answer that the proxy gives itself. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpRequest {
  readonly method: string;
  /** The target of the request, with its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What becomes of a request: it goes on to the server, meets a fault on its way, or is answered here. */
export type HttpVerdict = 'pass' | FaultKind | HttpAnswer;

/** A request waits as long as its judgement does. */
export type Judge = (request: HttpRequest) => HttpVerdict | Promise<HttpVerdict>;

export interface HttpProxyOptions {
  /** How the service says `throttled` and `server-error`; defaults to 429 and 500 without a body. */
  readonly throttled?: HttpAnswer;
  readonly serverError?: HttpAnswer;
  /** Serves TLS with this key and certificate (PEM); default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Authorities (PEM) to trust of an https server; default: Node's. */
  readonly ca?: string;
  /** `keep`, the default: the server sees the host that the client asked for, which signatures need. */
  readonly host?: 'keep' | 'rewrite';
}

const OF_ONE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection']);

const isAnswer = (verdict: HttpVerdict): verdict is HttpAnswer => typeof verdict === 'object';

const bytesOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/**
 * An HTTP proxy on 127.0.0.1 in front of a real server, that decides of each request what becomes of it. Requests and
 * answers are held whole before they go on, so that a cut has a side: before the server saw the request, or after it did
 * the work.
 */
export class HttpProxy {
  #decide: Judge = () => 'pass';
  readonly #sockets = new Set<Socket>();
  /** Answers that `timeout-after` withholds. */
  readonly #hanging = new Set<ServerResponse>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    private readonly options: HttpProxyOptions,
  ) {}

  static async to(target: string | URL, options: HttpProxyOptions = {}): Promise<HttpProxy> {
    const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
    // Clients keep their connections; one that the proxy closes by itself would look like a fault.
    server.keepAliveTimeout = 0;
    const proxy = new HttpProxy(server, new URL(target), options);
    server.on('connection', (socket: Socket) => {
      proxy.#sockets.add(socket);
      socket.on('close', () => proxy.#sockets.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      proxy.#serve(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The address of the proxy, which names its host by number. */
  get url(): string {
    return `${this.options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
  }

  /** Takes effect with the next request; what `timeout-after` left hanging is cut. */
  set(verdict: HttpVerdict | Judge): void {
    this.#decide = typeof verdict === 'function' ? verdict : () => verdict;
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const request = { method, path, headers, body: await bytesOf(incoming) };
    const verdict = await this.#decide(request);
    if (isAnswer(verdict)) return this.#answer(response, verdict);
    const { throttled = { status: 429 }, serverError = { status: 500 } } = this.options;
    if (verdict === 'throttled') return this.#answer(response, throttled);
    if (verdict === 'server-error') return this.#answer(response, serverError);
    if (verdict === 'cut-before') return void response.destroy();
    const answer = await this.#forward(request);
    const body = await bytesOf(answer);
    if (verdict === 'cut-after') return void response.destroy();
    if (verdict === 'timeout-after') return void this.#hanging.add(response);
    const kept = Object.entries(answer.headers).filter(([name]) => !OF_ONE_CONNECTION.has(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept)).end(body);
  }

  #answer(response: ServerResponse, { status, headers, body = '' }: HttpAnswer): void {
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
  }

  async #forward({ method, path, headers, body }: HttpRequest): Promise<IncomingMessage> {
    const secure = this.target.protocol === 'https:';
    const passed = Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.has(name));
    const options: RequestOptions & { ca?: string } = {
      method,
      path,
      // A connection a request: none can be closed by the server just when it is used again.
      agent: false,
      host: this.target.hostname,
      port: this.target.port === '' ? (secure ? 443 : 80) : Number(this.target.port),
      headers: {
        ...Object.fromEntries(passed),
        ...(this.options.host === 'rewrite' ? { host: this.target.host } : {}),
        ...(body.length > 0 || headers['content-length'] !== undefined ? { 'content-length': body.length } : {}),
      },
      ...(this.options.ca === undefined ? {} : { ca: this.options.ca }),
    };
    const outgoing = (secure ? requestHttps : requestHttp)(options);
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return answer;
  }
}
