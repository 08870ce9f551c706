import { credentials as channel } from '@grpc/grpc-js';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { raceAbort, type CallOptions } from '@coffer/backend-contract';
import type { Credentials } from './credentials.js';
import { Failure, toFailure, storeError } from './errors.js';

/** Another server than Google's own, for tests. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Without TLS; the token then goes in clear. */
  readonly plaintext: boolean;
}

/** Time until the client itself gives up; the caller's signal comes first. */
const CLIENT_TIMEOUT_MS = 60_000;

/** The vendor's are 1,000 and 120,000, which would keep a service that is back away for minutes. */
const RECONNECT = { firstMs: 100, maxMs: 5_000 };
/** A connection on which calls wait and nothing answers is given up after 60 s and 10 s. */
const KEEPALIVE = { afterMs: 60_000, timeoutMs: 10_000 };

/** A page of 500 secrets with all their annotations is below 16 MiB, a value below 64 KiB. The vendor's client knows no bound. */
const MAX_ANSWER_BYTES = 64 * 1_048_576;

/** What the vendor's client takes with each call: no retries, for the facade decides on them. */
export interface VendorCall {
  readonly timeout: number;
  readonly retry: null;
  readonly signal: AbortSignal;
  readonly otherArgs: { readonly headers: Record<string, string> };
}

type Work<T> = (client: SecretManagerServiceClient, options: VendorCall) => Promise<T>;

/** The vendor's client, made when it is first needed and made anew after credentials could not be had. */
export class Service {
  #client: SecretManagerServiceClient | undefined;
  #closed = false;

  constructor(
    private readonly credentials: Credentials,
    private readonly endpoint: Endpoint | undefined,
  ) {
    // This variable makes the vendor's client print requests and answers, which hold values.
    delete process.env['GOOGLE_SDK_NODE_LOGGING'];
  }

  /** Throws {@link Failure} and nothing else; `timeout` as soon as the signal fires. */
  call<T>(work: Work<T>, { signal }: CallOptions): Promise<T> {
    return this.#within(() => this.#run(work, signal), signal);
  }

  /** As `call`. */
  project({ signal }: CallOptions): Promise<string> {
    return this.#within(() => this.credentials.project(), signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#discard();
  }

  async #within<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const late = (): Failure => new Failure(undefined, storeError('timeout'));
    if (this.#closed) throw this.#closedFailure();
    try {
      return await raceAbort(signal, run, late);
    } catch (thrown) {
      if (signal.aborted) throw late();
      if (this.#closed) throw this.#closedFailure();
      throw toFailure(thrown);
    }
  }

  async #run<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
    const headers = await this.credentials.headers();
    if (signal.aborted) throw storeError('timeout');
    const client = (this.#client ??= this.#make());
    try {
      return await work(client, { timeout: CLIENT_TIMEOUT_MS, retry: null, signal, otherArgs: { headers } });
    } catch (thrown) {
      // Without a status nothing was sent: the client could not be set up, and would remember that.
      if (!signal.aborted && toFailure(thrown).status === undefined && this.#client === client) await this.#discard();
      throw thrown;
    }
  }

  #make(): SecretManagerServiceClient {
    const { endpoint } = this;
    return new SecretManagerServiceClient({
      auth: this.credentials.auth,
      ...(endpoint === undefined ? {} : { apiEndpoint: endpoint.host, port: endpoint.port }),
      sslCreds: endpoint?.plaintext === true ? channel.createInsecure() : channel.createSsl(),
      'grpc.enable_retries': 0,
      'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
      'grpc.initial_reconnect_backoff_ms': RECONNECT.firstMs,
      'grpc.max_reconnect_backoff_ms': RECONNECT.maxMs,
      'grpc.keepalive_time_ms': KEEPALIVE.afterMs,
      'grpc.keepalive_timeout_ms': KEEPALIVE.timeoutMs,
    });
  }

  async #discard(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close().catch(() => undefined);
  }

  #closedFailure(): Failure {
    return new Failure(undefined, storeError('unavailable', 'the connection is closed'));
  }
}
