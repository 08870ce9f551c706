import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CofferError } from '@coffer/secrets';
import { AgentError } from './agent-error.js';
import type { AgentMetrics } from './agent-metrics.js';
import type { ClientToken } from './client-token.js';

const HOST = '127.0.0.1';
const TOKEN_HEADERS = ['x-aws-parameters-secrets-token', 'x-vault-token'] as const;
/** Requests that are answered at the same time, each of which may hold a value. */
const MAX_IN_FLIGHT = 64;
const MAX_CONNECTIONS = 800;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;

export interface AgentServerOptions {
  readonly token: ClientToken;
  readonly metrics: AgentMetrics;
  /** The answer to a target that names a secret. Throws `AgentError` for a refusal, `CofferError` when no gateway answers. */
  readonly read: (target: string) => Promise<string>;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

const errorOf = (error: unknown): Reply => {
  if (error instanceof AgentError) return error;
  // Whatever is kept, nothing is given out that no gateway has just called current.
  if (CofferError.is(error)) return AgentError.named(503, 'ServiceUnavailable', error.message);
  return AgentError.named(500, 'InternalServiceError', 'unexpected error');
};

/** Speaks the HTTP of AWS Secrets Manager Agent, on this machine alone. */
export class AgentServer {
  readonly #server: Server;
  #inFlight = 0;

  constructor(private readonly options: AgentServerOptions) {
    this.#server = createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: MAX_HEADER_BYTES },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Resolves with the address. Throws `configuration` when the port is taken. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', ({ code }: NodeJS.ErrnoException) => {
        reject(
          new CofferError('configuration', `port ${port} cannot be listened at (${code}); choose another by --port`),
        );
      });
      this.#server.listen(port, HOST, resolve);
    });
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers what is under way, and no more. */
  close(): Promise<void> {
    this.#server.closeIdleConnections();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, text } = await this.#reply(request).catch(errorOf);
    this.options.metrics.answered(status);
    // What a client sends beside its head is of no use here.
    if (!request.complete) response.setHeader('connection', 'close');
    response
      .writeHead(status, {
        'cache-control': 'no-store',
        'content-type': text.startsWith('{') ? 'application/json' : 'text/plain; charset=utf-8',
      })
      .end(text);
  }

  async #reply({ method, url: target = '', headers }: IncomingMessage): Promise<Reply> {
    const isOpen = target === '/ping' || target === '/metrics';
    if (!isOpen) {
      if (headers['x-forwarded-for'] !== undefined) throw new AgentError(400, 'Forwarded');
      const given = TOKEN_HEADERS.map((name) => headers[name]);
      if (!given.some((token) => typeof token === 'string' && this.options.token.isSame(token))) {
        throw new AgentError(403, 'Bad Token');
      }
    }
    if (method !== 'GET') throw new AgentError(405, 'Not allowed');
    if (target === '/ping') return { status: 200, text: 'healthy' };
    if (target === '/metrics') return { status: 200, text: await this.options.metrics.text() };
    if (this.#inFlight >= MAX_IN_FLIGHT) throw new AgentError(429, 'Connection limit exceeded');
    this.#inFlight += 1;
    try {
      return { status: 200, text: await this.options.read(target) };
    } finally {
      this.#inFlight -= 1;
    }
  }
}
