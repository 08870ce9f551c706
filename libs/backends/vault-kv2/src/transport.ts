import { isJsonObject, exactJsonText } from '@coffer/secrets';
import type { ClientTls } from '@coffer/config';
import { Agent, request } from 'undici';
import { parseJson } from './json.js';

export interface VaultRequest {
  /** `LIST` is sent as GET with `list=true`, which every proxy lets through. */
  readonly method: 'GET' | 'POST' | 'LIST';
  /** Below `/v1/`, already percent-encoded. */
  readonly path: string;
  readonly body?: object;
}

export interface VaultAnswer {
  readonly status: number;
  /** `undefined` where it is no JSON object: not Vault has answered, or nothing was to be said. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

const CONNECT_TIMEOUT_MS = 15_000;
const READ_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 64;
/** Twice Vault's own limit of a request (`max_request_size`), for the longest list of names. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
/** A standby that does not forward names the active node; that one answers. */
const REDIRECTS: ReadonlySet<number> = new Set([307, 308]);

export interface TransportOptions extends ClientTls {
  /** Time until a connection is there; default 15,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Time without a byte of the answer; default 60,000. */
  readonly readTimeoutMs?: number | undefined;
}

export interface TransportRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, sent as JSON. */
  readonly json?: object;
  readonly signal: AbortSignal;
}

/**
 * One HTTP request a call over a pool of kept connections. Certificates are always verified, one redirect to the active
 * node is followed, and no variable of the environment is read. Throws what undici throws.
 */
export class Transport {
  readonly #agent: Agent;

  constructor({ connectTimeoutMs, readTimeoutMs = READ_TIMEOUT_MS, ca, own }: TransportOptions) {
    this.#agent = new Agent({
      connections: MAX_CONNECTIONS,
      allowH2: false,
      headersTimeout: readTimeoutMs,
      bodyTimeout: readTimeoutMs,
      maxResponseSize: MAX_RESPONSE_BYTES,
      connect: {
        timeout: connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        rejectUnauthorized: true,
        ...(ca === undefined ? {} : { ca }),
        ...(own && { cert: own.certificate, key: own.key.reveal() }),
        ...(own?.keyPassword && { passphrase: own.keyPassword.reveal() }),
      },
    });
  }

  send(asked: TransportRequest): Promise<VaultAnswer> {
    return this.#exchange(new URL(asked.uri), asked, true);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #exchange(url: URL, asked: TransportRequest, followRedirect: boolean): Promise<VaultAnswer> {
    const { method, headers, json, signal } = asked;
    const response = await request(url, {
      method,
      dispatcher: this.#agent,
      signal,
      headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(json === undefined ? {} : { body: exactJsonText(json) }),
    });
    const text = await response.body.text();
    const status = response.statusCode;
    const location = REDIRECTS.has(status) && followRedirect ? response.headers['location'] : undefined;
    const activeNode = redirectTarget(location, url);
    if (activeNode !== undefined) return this.#exchange(activeNode, asked, false);
    const body = parseJson(text);
    return { status, body: isJsonObject(body) ? body : undefined };
  }
}

/** `undefined` for a place to which a token must not go. */
const redirectTarget = (location: string | string[] | undefined, from: URL): URL | undefined => {
  if (typeof location !== 'string' || !URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from.href);
  return to.protocol === from.protocol || to.protocol === 'https:' ? to : undefined;
};
