import { Client, ClusterConnectionPool, type ClientOptions } from '@elastic/elasticsearch';
import type { ClusterSettings } from './cluster-settings.js';
import { CodedConnection } from './coded-connection.js';
import { closedFailure, foreignFailure, toCofferError, refusalOf, timeoutFailure, type Refusal } from './errors.js';
import { refuseOpenSearch } from './product-check.js';

/** A page of 50 sealed values of 512 KiB is half of it. The library itself would hold any answer, whatever sent it. */
const MAX_RESPONSE_BYTES = 64 * 1_048_576;
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

/** Every answer of Elasticsearch to what is asked here is an object, or whether there is something. */
const isForeign = (answer: unknown): boolean =>
  typeof answer !== 'boolean' && (typeof answer !== 'object' || answer === null || Array.isArray(answer));

/**
 * The client library, configured to do nothing by itself: no retries, no sniffing, no telemetry. A host that does not answer
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
      maxResponseSize: MAX_RESPONSE_BYTES,
      maxCompressedResponseSize: MAX_RESPONSE_BYTES,
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
      const answer = await request(this.#client, { signal });
      if (isForeign(answer)) throw foreignFailure();
      return answer;
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
