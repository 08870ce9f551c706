import { Client, ClusterConnectionPool, type ClientOptions } from '@elastic/elasticsearch';
import type { ClusterSettings } from './cluster-settings.js';
import { CodedConnection } from './coded-connection.js';
import { closedFailure, toCofferError, refusalOf, timeoutFailure, type Refusal } from './errors.js';
import { refuseOpenSearch } from './product-check.js';

/** The calls' own signals end them long before. */
const REQUEST_TIMEOUT_MS = 300_000;

export interface RequestOptions {
  readonly signal: AbortSignal;
}

const authOf = ({ auth }: ClusterSettings): Pick<ClientOptions, 'auth'> => {
  if (auth === undefined) return {};
  return auth.kind === 'basic'
    ? { auth: { username: auth.username, password: auth.password.reveal() } }
    : { auth: { apiKey: auth.apiKey.reveal() } };
};

const tlsOf = ({ hosts, ca, own, trustAllSsl }: ClusterSettings): Pick<ClientOptions, 'tls'> => {
  if (!hosts.some((host) => /^https:/i.test(host))) return {};
  return {
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(own && { cert: own.certificate, key: own.key.reveal() }),
      ...(own?.keyPassword && { passphrase: own.keyPassword.reveal() }),
      rejectUnauthorized: !trustAllSsl,
    },
  };
};

/**
 * The client library, told to do nothing by itself: no retries, no sniffing, no telemetry. A host that does not answer
 * is left out for a minute while another one does.
 */
export class ElasticsearchClient {
  readonly #client: Client;
  readonly #options: ClientOptions;
  #closed = false;

  constructor(settings: ClusterSettings) {
    this.#options = {
      nodes: [...settings.hosts],
      ...authOf(settings),
      ...tlsOf(settings),
      headers: Object.fromEntries((settings.headers ?? []).map(({ name, value }) => [name, value.reveal()])),
      ConnectionPool: ClusterConnectionPool,
      Connection: CodedConnection,
      resurrectStrategy: 'optimistic',
      maxRetries: 0,
      requestTimeout: REQUEST_TIMEOUT_MS,
      sniffOnStart: false,
      sniffInterval: false,
      sniffOnConnectionFault: false,
      enableMetaHeader: false,
      name: 'coffer',
    };
    this.#client = new Client(this.#options);
  }

  /** Throws `configuration` where the cluster answers as OpenSearch does; any other answer, and none, is no matter here. */
  async refuseOpenSearch(signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted) return;
    await refuseOpenSearch(this.#options, signal);
  }

  /** Throws a `CofferError`. */
  async send<T>(signal: AbortSignal, request: (client: Client, options: RequestOptions) => Promise<T>): Promise<T> {
    const answer = await this.ask(signal, request, () => false);
    return answer as T;
  }

  /** As `send`, but answers the refusals that are `expected`. */
  async ask<T>(
    signal: AbortSignal,
    request: (client: Client, options: RequestOptions) => Promise<T>,
    expected: (refusal: Refusal) => boolean,
  ): Promise<T | Refusal> {
    if (this.#closed) throw closedFailure();
    if (signal.aborted) throw timeoutFailure();
    try {
      return await request(this.#client, { signal });
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      if (refusal !== undefined && expected(refusal)) return refusal;
      if (this.#closed) throw closedFailure();
      throw toCofferError(thrown, signal.aborted);
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#client.close();
  }
}
