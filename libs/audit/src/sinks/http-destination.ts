import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { SecretValue } from '@coffer/secrets';
import type { ChainBeginning } from '../chain/chain-records.js';
import { TooLargeError, type AuditDestination } from './audit-destination.js';

const TIMEOUT_MS = 10_000;
const TOO_LARGE = 413;
const TYPE = 'application/x-ndjson';

export interface HttpDestinationOptions {
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: SecretValue;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Defaults to `TIMEOUT_MS`. */
  readonly timeoutMs?: number;
}

/** Says the status alone: a body may say anything. */
class RefusedError extends Error {
  constructor(readonly code: string) {
    super(`the collector answered ${code}`);
  }
}

/**
 * Posts lines, many at a time, to a collector. Taken is what it answers 2xx; after anything else, and after 10 s, the same lines
 * are posted again, so that a collector may get some twice: chain and number tell. What it answers 413 is posted in parts.
 */
export class HttpDestination implements AuditDestination {
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #request: typeof httpRequest;

  constructor(private readonly options: HttpDestinationOptions) {
    const { url, ca } = options;
    const isSecure = url.startsWith('https:');
    const settings = { keepAlive: true, maxSockets: 1 };
    this.#agent = isSecure
      ? new HttpsAgent({ ...settings, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(settings);
    this.#request = isSecure ? httpsRequest : httpRequest;
  }

  open(): Promise<ChainBeginning> {
    return Promise.resolve({});
  }

  write(lines: string): Promise<void> {
    const { url, token, timeoutMs = TIMEOUT_MS } = this.options;
    const headers = {
      'content-type': TYPE,
      'content-length': String(Buffer.byteLength(lines)),
      ...(token && { authorization: `Bearer ${token.reveal()}` }),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    return new Promise((resolve, reject) => {
      const sent = this.#request(url, { method: 'POST', headers, agent: this.#agent, signal });
      sent.on('error', reject);
      // Without a listener the connection is closed, and neither `response` nor `error` is emitted.
      sent.on('upgrade', ({ statusCode = 0 }: IncomingMessage, socket) => {
        socket.destroy();
        reject(new RefusedError(String(statusCode)));
      });
      sent.on('response', (response: IncomingMessage) => {
        const { statusCode = 0 } = response;
        response.resume().on('error', reject);
        response.on('end', () => {
          if (statusCode >= 200 && statusCode < 300) resolve();
          else if (statusCode === TOO_LARGE) reject(new TooLargeError(String(statusCode)));
          else reject(new RefusedError(String(statusCode)));
        });
      });
      sent.end(lines);
    });
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }
}
