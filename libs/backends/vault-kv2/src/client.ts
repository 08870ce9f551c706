import nodeVault from 'node-vault';
import { CofferError, isJsonObject, type SecretValue } from '@coffer/secrets';
import { STORE } from './capabilities.js';
import type { VaultConnection } from './connection.js';
import { Transport, type TransportRequest, type VaultAnswer, type VaultRequest } from './transport.js';
import { closedError, toCofferError } from './errors.js';
import { at } from './json.js';

const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * What node-vault makes of a request function's answer. The body is our whole `VaultAnswer`, so that the library finds
 * none of Vault's sentences to put into an error's message, and the status of a success is not lost. The path is left
 * empty, for the library takes any answer to a path that contains `sys/health` for a success, a secret's among them.
 */
interface LibraryResponse {
  readonly statusCode: number;
  readonly body: VaultAnswer;
  readonly request: { readonly path: '' };
}

/** The fields of a client that node-vault has and does not declare. */
type LibraryClient = nodeVault.client & { pathPrefix: string; namespace: string };

/**
 * A client of node-vault that sends by our transport, prints nothing and takes nothing from the environment: for what is
 * empty in its options it would read `VAULT_TOKEN`, `VAULT_PREFIX` and `VAULT_NAMESPACE`, so they are set afterwards.
 */
const libraryClient = (endpoint: string, transport: Transport): LibraryClient => {
  const send = async (options: TransportRequest): Promise<LibraryResponse> => {
    const body = await transport.send(options);
    return { statusCode: body.status, body, request: { path: '' } };
  };
  const options = {
    endpoint,
    apiVersion: 'v1',
    commands: {},
    debug: () => undefined,
    'request-promise': { defaults: () => send },
  };
  return Object.assign(nodeVault(options) as LibraryClient, { token: '', pathPrefix: '', namespace: '' });
};

/** The answer that node-vault rejects with, for it resolves 200 and 204 alone. */
const rejectedAnswer = (thrown: unknown): VaultAnswer | undefined => {
  const answer = at(thrown, 'response', 'body');
  return isJsonObject(answer) ? (answer as unknown as VaultAnswer) : undefined;
};

/** Vault's HTTP API by node-vault, one request a call: no retries, no cookies, no environment variables. */
export class VaultClient {
  readonly #transport: Transport;
  readonly #library: LibraryClient;
  readonly #headers: Readonly<Record<string, string>>;
  #closed = false;

  /** Throws `configuration` for a namespace that no header can carry. */
  constructor({ address, namespace, ...transport }: VaultConnection) {
    if (namespace !== undefined && !PRINTABLE.test(namespace)) {
      throw new CofferError('configuration', 'the namespace of Vault may have printable ASCII characters only');
    }
    this.#headers = {
      'x-vault-request': 'true',
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
    };
    this.#transport = new Transport(transport);
    this.#library = libraryClient(new URL(address).href.replace(/\/+$/, ''), this.#transport);
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
      return await this.#call(asked, token, signal);
    } catch (thrown) {
      const answer = rejectedAnswer(thrown);
      if (answer !== undefined) return answer;
      throw this.#closed ? closedError() : toCofferError(thrown, signal);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#transport.close();
  }

  #call(
    { method, path, body = {} }: VaultRequest,
    token: SecretValue | undefined,
    signal: AbortSignal,
  ): Promise<VaultAnswer> {
    // A new object for each call: the library adds to it.
    const headers = { ...this.#headers, ...(token === undefined ? {} : { 'X-Vault-Token': token.reveal() }) };
    const options = { headers, signal };
    switch (method) {
      case 'GET':
        return this.#library.read(path, options);
      case 'LIST':
        return this.#library.read(`${path}?list=true`, options);
      case 'POST':
        return this.#library.write(path, body, options);
    }
  }
}
