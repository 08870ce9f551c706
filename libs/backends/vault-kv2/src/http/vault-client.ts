import { Agent, request } from 'undici';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { STORE } from '../capabilities.js';
import type { VaultConnection } from '../connection.js';
import type { VaultAnswer, VaultRequest } from './exchange.js';
import { closedError, transportFailure } from './failure.js';
import { isObject, parseJson } from './json.js';

const CONNECT_TIMEOUT = 15_000;
const READ_TIMEOUT = 60_000;
const CONNECTIONS = 64;
/** A standby that does not forward names the active node; that one answers. */
const MOVED: ReadonlySet<number> = new Set([307, 308]);
const PRINTABLE = /^[\x21-\x7e]+$/;

const baseOf = (address: string): string => new URL(`${address.replace(/\/+$/, '')}/v1/`).href;

/** Vault's HTTP API, one request a call: no retries, no cookies, no environment variables. */
export class VaultClient {
  readonly #base: string;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;
  #closed = false;

  /** Throws `configuration` for a namespace that no header can carry. */
  constructor({ address, namespace, connectTimeout, readTimeout, ca }: VaultConnection) {
    if (namespace !== undefined && !PRINTABLE.test(namespace)) {
      throw new CofferError('configuration', 'the namespace of Vault may have printable ASCII characters only');
    }
    const reading = readTimeout ?? READ_TIMEOUT;
    this.#base = baseOf(address);
    this.#headers = {
      'x-vault-request': 'true',
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
    };
    this.#agent = new Agent({
      connections: CONNECTIONS,
      allowH2: false,
      headersTimeout: reading,
      bodyTimeout: reading,
      connect: { timeout: connectTimeout ?? CONNECT_TIMEOUT, ...(ca === undefined ? {} : { ca }) },
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whatever status Vault answers; throws `timeout` and `unavailable` where it does not. */
  async send(asked: VaultRequest, token: SecretValue | undefined, signal: AbortSignal): Promise<VaultAnswer> {
    if (this.#closed) throw closedError();
    if (token !== undefined && !PRINTABLE.test(token.reveal())) {
      throw new CofferError('unauthenticated', `${STORE}: the token has characters that no token has`);
    }
    try {
      return await this.#exchange(new URL(asked.path, this.#base), asked, token, signal, true);
    } catch (thrown) {
      throw this.#closed ? closedError() : transportFailure(thrown, signal);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#agent.destroy();
  }

  async #exchange(
    url: URL,
    asked: VaultRequest,
    token: SecretValue | undefined,
    signal: AbortSignal,
    mayMove: boolean,
  ): Promise<VaultAnswer> {
    const { statusCode, headers, body } = await request(url, {
      method: asked.method,
      dispatcher: this.#agent,
      signal,
      headers: {
        ...this.#headers,
        ...(token === undefined ? {} : { 'x-vault-token': token.reveal() }),
        ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
    });
    const text = await body.text();
    const elsewhere = MOVED.has(statusCode) && mayMove ? this.#movedTo(headers['location'], url) : undefined;
    if (elsewhere !== undefined) return this.#exchange(elsewhere, asked, token, signal, false);
    const json = parseJson(text);
    return { status: statusCode, body: isObject(json) ? json : undefined };
  }

  /** `undefined` for a place to which a token must not go. */
  #movedTo(location: string | string[] | undefined, from: URL): URL | undefined {
    if (typeof location !== 'string' || !URL.canParse(location, from.href)) return undefined;
    const to = new URL(location, from.href);
    return to.protocol === from.protocol || to.protocol === 'https:' ? to : undefined;
  }
}
