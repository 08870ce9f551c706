import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isForbiddenDestination, isLoopbackAddress, isLoopbackHost, type WebhookConfiguration } from '@coffer/config';
import { signatureHeaders } from './signature.js';

const TYPE = 'application/cloudevents+json; charset=utf-8';
/** A receiver's own wish counts up to this. */
const MAX_RETRY_AFTER_MS = 60_000;
/** As much of an answer is read, so that its connection can be used again. */
const MAX_DRAINED_BYTES = 64 * 1024;
const DRAIN_TIMEOUT_MS = 1_000;

/** Why a receiver did not take an event. Says a class alone: an answer may say anything. */
export class NotTakenError extends Error {
  override readonly name = 'NotTakenError';

  constructor(
    readonly reason: string,
    /** What the receiver asks to be waited for. */
    readonly retryAfterMs = 0,
  ) {
    super(`the receiver did not take the event: ${reason}`);
  }

  /** Whether the receiver said something about this event, rather than nothing, or something about itself. */
  get isAboutEvent(): boolean {
    return /^http [34]\d\d$/.test(this.reason) && !/^http (408|429)$/.test(this.reason);
  }
}

type Resolve = (
  name: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const REFUSED_ADDRESS = 'ERR_DESTINATION_REFUSED';

/**
 * Resolves names as the system does, and refuses what no receiver has: a name that leads to a link-local address, where a
 * cloud serves credentials, or to this very machine though it does not say so.
 */
export const lookupWithin =
  (host: string, resolve: Resolve = lookup): LookupFunction =>
  (name, options, callback) =>
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(
        ({ address }) => !isForbiddenDestination(address) && (isLoopbackHost(host) || !isLoopbackAddress(address)),
      );
      const [first] = allowed;
      if (first === undefined) {
        return callback(Object.assign(new Error('refused'), { code: REFUSED_ADDRESS }), []);
      }
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });

/** RFC 9110: seconds, or the time of an HTTP date; anything else asks for nothing. */
const retryAfterOf = ({ headers, statusCode }: IncomingMessage, now: number): number => {
  if (statusCode !== 429 && statusCode !== 503) return 0;
  const given = headers['retry-after'] ?? '';
  const asked = /^\d{1,9}$/.test(given) ? Number(given) * 1_000 : / GMT$/.test(given) ? Date.parse(given) - now : 0;
  return Math.min(Math.max(asked, 0) || 0, MAX_RETRY_AFTER_MS);
};

const reasonOf = (error: unknown): string => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'unknown';
};

/** Lets an answer go. One that is long, or slow to end, ends with its connection, which others wait for. */
const drain = (response: IncomingMessage): void => {
  const timer = setTimeout(() => response.destroy(), DRAIN_TIMEOUT_MS).unref();
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DRAINED_BYTES) response.destroy();
  });
  response.once('close', () => clearTimeout(timer));
};

/** Posts events to one receiver. Follows no redirect, and reads nothing of an answer but its status. */
export class Receiver {
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #request: typeof httpRequest;

  constructor(
    private readonly options: Pick<WebhookConfiguration, 'url' | 'secret' | 'ca' | 'timeoutMs' | 'concurrency'>,
    private readonly now: () => number,
  ) {
    const { url, ca, concurrency } = options;
    const { protocol, hostname } = new URL(url);
    const settings = { keepAlive: true, maxSockets: concurrency, lookup: lookupWithin(hostname) };
    const isSecure = protocol === 'https:';
    this.#agent = isSecure
      ? new HttpsAgent({ ...settings, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(settings);
    this.#request = isSecure ? httpsRequest : httpRequest;
  }

  /** Resolves when the receiver answered 2xx in time; rejects with a `NotTakenError` otherwise, or when the signal fires. */
  post(id: string, body: string, signal?: AbortSignal): Promise<void> {
    const { url, secret, timeoutMs } = this.options;
    const headers = {
      'content-type': TYPE,
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'coffer',
      ...signatureHeaders(secret, { id, time: this.now(), body }),
    };
    const limit = AbortSignal.timeout(timeoutMs);
    const within = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    return new Promise((taken, refuse) => {
      const fail = (error: unknown): void => refuse(new NotTakenError(limit.aborted ? 'timeout' : reasonOf(error)));
      const sent = this.#request(url, { method: 'POST', headers, agent: this.#agent, signal: within });
      sent.on('error', fail);
      // Without a listener the connection is closed, and neither an answer nor an error is emitted.
      sent.on('upgrade', ({ statusCode = 0 }, socket) => {
        socket.destroy();
        refuse(new NotTakenError(`http ${statusCode}`));
      });
      sent.on('response', (response) => {
        const { statusCode = 0 } = response;
        // Its status was said: what comes of the rest is nothing to the event.
        response.on('error', fail);
        drain(response);
        if (statusCode >= 200 && statusCode < 300) taken();
        else refuse(new NotTakenError(`http ${statusCode}`, retryAfterOf(response, this.now())));
      });
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
