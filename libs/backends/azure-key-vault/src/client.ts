import { Agent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { SecretClient, type SecretProperties } from '@azure/keyvault-secrets';
import { raceAbort } from '@coffer/backend-contract';
import { CofferError } from '@coffer/secrets';
import { limitAnswers } from './answer-limit.js';
import { errorBodyPolicy } from './error-body-policy.js';
import { toCofferError, failure } from './errors.js';
import { isAzureHost } from './vault-address.js';

export type TokenCredential = ConstructorParameters<typeof SecretClient>[1];

/** The latest version of a secret, or of a deleted one; a listed one has neither `value` nor `versionId`. */
export interface VaultSecret {
  readonly name: string;
  readonly value?: string;
  readonly versionId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Seconds since the epoch. */
  readonly updated: number;
}

/** Version of the REST API. The SDK's default is the newest, which other clouds and emulators learn later; nothing here needs it. */
const SERVICE_VERSION = '7.5';

/** Connections to one vault at most; its quota is 4,000 requests in 10 s. */
const CONNECTIONS = 64;

const secretOf = (properties: SecretProperties, value?: string): VaultSecret => ({
  name: properties.name,
  ...(value === undefined ? {} : { value }),
  ...(properties.version === undefined ? {} : { versionId: properties.version }),
  ...(properties.tags === undefined ? {} : { tags: properties.tags }),
  updated: Math.floor((properties.updatedOn?.getTime() ?? 0) / 1000),
});

/** The requests that the adapter makes, each once, and with our errors. */
export class VaultClient {
  readonly #client: SecretClient;
  /** The agent of all calls. The SDK's own proxy settings, from the same variables, count for tokens only. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, proxyEnv: process.env });
  #closed = false;

  constructor(url: URL, credential: TokenCredential) {
    this.#client = new SecretClient(url.href, credential, {
      agent: this.#agent,
      serviceVersion: SERVICE_VERSION,
      disableChallengeResourceVerification: !isAzureHost(url),
      retryOptions: { maxRetries: 0 },
      additionalPolicies: [{ policy: errorBodyPolicy, position: 'perCall' }, limitAnswers],
    });
  }

  /** `undefined` for a name that has no secret, or a deleted one. */
  async get(name: string, signal: AbortSignal): Promise<VaultSecret | undefined> {
    const found = await this.#orAbsent(signal, () => this.#client.getSecret(name, { abortSignal: signal }));
    return found && secretOf(found.properties, found.value ?? '');
  }

  /** `undefined` also while the deletion is still under way. */
  async getDeleted(name: string, signal: AbortSignal): Promise<VaultSecret | undefined> {
    const found = await this.#orAbsent(signal, () => this.#client.getDeletedSecret(name, { abortSignal: signal }));
    return found && secretOf(found.properties);
  }

  /** Throws with the detail `state` where the name is busy. */
  async set(name: string, value: string, tags: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    await this.#run(signal, () => this.#client.setSecret(name, value, { tags: { ...tags }, abortSignal: signal }));
  }

  /** Replaces the tags of one version. */
  async tag(
    { name, versionId = '' }: VaultSecret,
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const options = { tags: { ...tags }, abortSignal: signal };
    await this.#run(signal, () => this.#client.updateSecretProperties(name, versionId, options));
  }

  /** What was deleted; `undefined` for a name that has no secret. It goes on after the answer. */
  async delete(name: string, signal: AbortSignal): Promise<VaultSecret | undefined> {
    const poller = await this.#orAbsent(signal, () => this.#client.beginDeleteSecret(name, { abortSignal: signal }));
    const deleted = poller?.getResult();
    poller?.stopPolling();
    return deleted && secretOf(deleted.properties);
  }

  /** Begins to bring back a deleted secret. */
  async recover(name: string, signal: AbortSignal): Promise<void> {
    const poller = await this.#run(signal, () => this.#client.beginRecoverDeletedSecret(name, { abortSignal: signal }));
    poller.stopPolling();
  }

  /** All secrets of the vault, as the service pages them: 25 at a time, in its order. */
  async *pages(signal: AbortSignal, maxPageSize?: number): AsyncGenerator<readonly VaultSecret[]> {
    const settings = maxPageSize === undefined ? {} : { maxPageSize };
    const pages = this.#client
      .listPropertiesOfSecrets({ abortSignal: signal })
      .byPage(settings)
      [Symbol.asyncIterator]();
    for (;;) {
      const page = await this.#run(signal, () => pages.next());
      if (page.done === true) return;
      yield page.value.map((properties) => secretOf(properties));
    }
  }

  /** Throws `timeout` when the signal fires first. */
  pause(pauseMs: number, signal: AbortSignal): Promise<void> {
    return this.#run(signal, () => delay(pauseMs, undefined, { signal }));
  }

  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  async #orAbsent<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#run(signal, work);
    } catch (error) {
      if (CofferError.is(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** The work's outcome, or `timeout` as soon as the signal fires, whether or not the SDK heeds it. */
  #run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const run = async (): Promise<T> => {
      if (this.#closed) throw failure('unavailable', 'the connection is closed');
      try {
        return await work();
      } catch (error) {
        throw toCofferError(error, signal);
      }
    };
    return raceAbort(signal, run, () => failure('timeout', 'the vault did not answer in time'));
  }
}
