import { once } from 'node:events';
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { judge, type Accounts, type SecurityAnswer } from './security.js';

/** Which answer takes the place of the cluster's, given the request and its body; `undefined` lets it pass. */
export type Interference = (
  request: IncomingMessage,
  body: Buffer,
) => Partial<SecurityAnswer> | undefined | Promise<Partial<SecurityAnswer> | undefined>;

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** In front of a node without security: it checks credentials, speaks TLS, and answers for the cluster on command. */
export class SecuredProxy {
  /** Requests that carried credentials, by method and path. */
  readonly seen: string[] = [];
  interfere: Interference = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly scheme: 'http' | 'https',
    private readonly upstream: URL,
    private readonly accounts: Accounts,
  ) {}

  static async before(upstream: URL, accounts: Accounts, tls?: Tls): Promise<SecuredProxy> {
    const server = tls === undefined ? http.createServer() : https.createServer(tls);
    // Clients keep their connections; one that the proxy closes by itself would look like a fault.
    server.keepAliveTimeout = 0;
    const proxy = new SecuredProxy(server, tls === undefined ? 'http' : 'https', upstream, accounts);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void proxy.#serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const answer = judge(request.headers, request.url ?? '', this.accounts) ?? (await this.interfere(request, body));
      if (answer !== undefined) {
        const headers = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch', ...answer.headers };
        response.writeHead(answer.status ?? 200, headers).end(JSON.stringify(answer.body));
        return;
      }
      this.seen.push(`${request.method} ${request.url}`);
      await this.#forward(request, body, response);
    } catch {
      response.destroy();
    }
  }

  async #forward(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { username, password, origin } = this.upstream;
    const headers = { ...request.headers };
    delete headers.authorization;
    delete headers.host;
    if (username !== '') {
      const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      headers.authorization = `Basic ${Buffer.from(user).toString('base64')}`;
    }
    const send = this.upstream.protocol === 'https:' ? https.request : http.request;
    const forwarded = send(new URL(request.url ?? '/', origin), { method: request.method, headers });
    forwarded.end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }
}
