import { parseHttpAddress, type HttpAddressRules } from '@coffer/config';
import { CofferError, readJson, type SecretValue } from '@coffer/secrets';

export interface GatewayAnswer {
  readonly status: number;
  /** The body as JSON; `undefined` when there is none. */
  readonly body: unknown;
  /** Milliseconds that the gateway asks to wait before the same call; absent when it asks for nothing. */
  readonly retryAfter?: number;
}

/** What a gateway answers to a read, whatever its status. */
export interface ReadAnswer extends GatewayAnswer {
  readonly text: string;
  /** Names the version that was answered; absent where there is none. */
  readonly etag?: string;
}

/** Bounds one call, in milliseconds: above what a gateway takes to say that it does not know. */
const CALL_TIMEOUT_MS = 15_000;
/** In seconds; a gateway that asks for more is asked again after this. */
const MAX_WAIT_SECONDS = 60;

const reasonOf = (error: unknown): string => {
  const { name, cause } = error as {
    readonly name?: string;
    readonly cause?: { readonly code?: string; readonly message?: string };
  };
  // Without a code where nothing was asked: `bad port` of a port that no browser would ask either.
  return cause?.code ?? cause?.message ?? (name === 'TimeoutError' ? 'no answer in time' : 'unknown reason');
};

const ADDRESS: HttpAddressRules = {
  example: 'https://coffer.example:8080',
  path: true,
  ownPath: {
    name: '/coffer/v1, /api/v1, /v1, /ui or /health',
    pattern: /\/((coffer|api)\/v1(\/[^/]+)?|v1|ui(\/.*)?|health(\/.*)?|metrics|openapi\.json)$/,
  },
};

/**
 * The base address of a gateway, without slashes at its end. Throws `invalid` for what is none, with the name of the setting;
 * what was given is not repeated: it may hold a password.
 */
export const parseGatewayUrl = (text: string, setting: string): URL => {
  try {
    return new URL(parseHttpAddress(text, ADDRESS));
  } catch (error) {
    if (!CofferError.is(error, 'configuration')) throw error;
    throw new CofferError('invalid', `the address of the gateway (${setting}) ${error.message}`);
  }
};

/** The gateway's own face for one tenant, as the holder of a token. */
export class GatewayClient {
  constructor(
    private readonly url: URL,
    private readonly tenant: string,
    private readonly token: SecretValue,
  ) {}

  /** `path` below `/coffer/v1/{tenant}`. Throws what the gateway says is wrong, `unavailable` when it cannot be reached. */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, sent?: unknown): Promise<GatewayAnswer> {
    const { status, text, retryAfter } = await this.#send(method, this.#ofTenant(path), sent);
    const body = parse(text);
    if (status < 400 || status === 404 || retryAfter !== undefined) {
      return { status, body, ...(retryAfter === undefined ? {} : { retryAfter }) };
    }
    throw new CofferError('invalid', `the gateway answered ${status}: ${detailOf(body)}`);
  }

  /**
   * Reads `path` below `/coffer/v1/{tenant}`; with the `etag` of an earlier answer it is 304 while that is current. Every status
   * is an answer. Throws `unavailable` when the gateway cannot be reached.
   */
  async read(path: string, etag?: string): Promise<ReadAnswer> {
    const headers = etag === undefined ? {} : { 'if-none-match': etag };
    const { text, ...answer } = await this.#send('GET', this.#ofTenant(path), undefined, headers);
    return { ...answer, text, body: parse(text) };
  }

  /** The text of the gateway's metrics. Throws as `call` does. */
  async metrics(): Promise<string> {
    const { status, text } = await this.#send('GET', '/metrics');
    if (status === 200) return text;
    throw new CofferError('invalid', `the gateway answered ${status}: ${detailOf(parse(text))}`);
  }

  #ofTenant(path: string): string {
    return `/coffer/v1/${encodeURIComponent(this.tenant)}${path}`;
  }

  async #send(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    const base = this.url.href.replace(/\/$/, '');
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        // A redirect would carry the token to whoever it names.
        redirect: 'manual',
        headers: {
          authorization: `Bearer ${this.token.reveal()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      const text = await response.text();
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      const wait = Number.isFinite(seconds)
        ? { retryAfter: Math.min(Math.max(seconds, 0), MAX_WAIT_SECONDS) * 1_000 }
        : {};
      const etag = response.headers.get('etag');
      return { status: response.status, text, ...wait, ...(etag === null ? {} : { etag }) };
    } catch (error) {
      throw new CofferError('unavailable', `the gateway at ${this.url.origin} cannot be reached: ${reasonOf(error)}`);
    }
  }
}

const parse = (text: string): unknown => {
  try {
    return text === '' ? undefined : readJson(text);
  } catch {
    return undefined;
  }
};

/** What the gateway says is wrong, without what a terminal would take for a command. */
export const detailOf = (body: unknown): string => {
  const { detail } = (body ?? {}) as { readonly detail?: unknown };
  return typeof detail === 'string' ? detail.replaceAll(/\p{C}/gu, ' ').slice(0, 500) : 'and did not say why';
};
