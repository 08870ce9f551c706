import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.js';

export interface TlsAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The common name of the server's certificate. */
  readonly server: string | undefined;
  readonly protocol: string | null;
}

/** One client, which keeps its connection. */
export class TlsClient {
  readonly #agent: Agent;

  constructor(
    private readonly port: number,
    ca: string,
    certificate?: Certificate,
    more: object = {},
  ) {
    this.#agent = new Agent({
      ...{ keepAlive: true, maxSockets: 1, ca: readFileSync(ca), maxCachedSessions: 0 },
      ...(certificate && { cert: readFileSync(certificate.certFile), key: readFileSync(certificate.keyFile) }),
      ...more,
    });
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<TlsAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: this.port, method, path, agent: this.#agent, headers },
        (response) => {
          const socket = response.socket as TLSSocket;
          let body = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
          response.on('error', reject).on('end', () => {
            const { CN } = socket.getPeerCertificate().subject ?? {};
            const server = Array.isArray(CN) ? CN[0] : CN;
            const { statusCode: status = 0, headers: answered } = response;
            resolve({ status, body, headers: answered, server, protocol: socket.getProtocol() });
          });
        },
      );
      sent.on('error', reject).end();
    });
  }

  /** The status, or the code with which the connection failed. */
  async outcome(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number | string> {
    return this.get(path, headers).then(
      ({ status }) => status,
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
  }

  close(): void {
    this.#agent.destroy();
  }
}
