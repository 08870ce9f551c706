import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly method: string;
  readonly path: string;
}

export interface ReceiverTls {
  readonly cert: string;
  readonly key: string;
}

/** A receiver of webhooks on this machine, whose answers a test decides. */
export class ReceivingServer {
  readonly received: Received[] = [];
  /** The status of each answer, or what to do instead. */
  answer: (request: Received) => number | 'never' = () => 204;
  answerHeaders: Readonly<Record<string, string>> = {};
  readonly #server: Server;

  private constructor(private readonly tls?: ReceiverTls) {
    const listener: RequestListener = (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { headers, method = '', url: path = '' } = request;
        const received = { headers, method, path, body: Buffer.concat(parts).toString() };
        const status = this.answer(received);
        this.received.push(received);
        if (status !== 'never') response.writeHead(status, this.answerHeaders).end('an answer that nobody reads');
      });
    };
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  }

  static async open(port = 0, tls?: ReceiverTls): Promise<ReceivingServer> {
    const server = new ReceivingServer(tls);
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}/hook`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
};
