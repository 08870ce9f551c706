import { createPrivateKey } from 'node:crypto';
import { gaxios, GoogleAuth, JWT, PassThroughClient } from 'google-auth-library';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { STORE } from './capabilities.js';
import { toCofferError } from './errors.js';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** `none` is for emulators that ask for nothing. */
export type CredentialSource = { readonly serviceAccount: SecretValue } | 'default-chain' | 'none';

/** A token, or a project's name, is below 16 KiB. The vendor's library knows no bound. */
const MAX_ANSWER_BYTES = 1_048_576;
/** The client of metadata servers is this shared instance of the library; those of other directories are given theirs below. */
gaxios.instance.defaults.size = MAX_ANSWER_BYTES;
const transporterOptions = { size: MAX_ANSWER_BYTES };

const configuration = (rule: string): CofferError =>
  new CofferError('configuration', `${STORE}: serviceAccount ${rule}`, { store: STORE });

const isSigningKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
};

interface ServiceAccount {
  readonly client: JWT;
  readonly project: string | undefined;
}

/** Throws `configuration`; never repeats what it was given. */
const parseServiceAccount = (given: SecretValue): ServiceAccount => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(given.reveal());
  } catch {
    throw configuration('must be the JSON of a key file');
  }
  if (typeof parsed !== 'object' || parsed === null) throw configuration('must be the JSON of a key file');
  const account = parsed as Record<string, unknown>;
  if (account['type'] !== 'service_account') {
    throw configuration(
      'must be the JSON of a service account key; other kinds are found by GOOGLE_APPLICATION_CREDENTIALS',
    );
  }
  for (const field of ['client_email', 'private_key']) {
    if (typeof account[field] !== 'string' || account[field] === '') throw configuration(`lacks the field ${field}`);
  }
  if (!isSigningKey(account['private_key'] as string)) throw configuration('has no usable private_key');
  const client = new JWT({
    email: account['client_email'] as string,
    key: account['private_key'] as string,
    scopes: [SCOPE],
    transporterOptions,
    ...(typeof account['private_key_id'] === 'string' ? { keyId: account['private_key_id'] } : {}),
  });
  // It signs its tokens itself, so that no other service has to be reached.
  client.useJWTAccessWithScope = true;
  return { client, project: typeof account['project_id'] === 'string' ? account['project_id'] : undefined };
};

/**
 * Tokens for calls, and the project that the credentials belong to. Tokens are kept until shortly before they expire, by
 * the vendor's library. What fails is tried again by the next call.
 */
export class Credentials {
  readonly auth: GoogleAuth;
  readonly #project: string | undefined;
  #found: Promise<string> | undefined;

  /** Throws `configuration` for a service account that cannot be one. */
  constructor(
    private readonly source: CredentialSource,
    project: string | undefined,
  ) {
    if (source === 'none') {
      this.auth = new GoogleAuth({ authClient: new PassThroughClient() });
      this.#project = project;
      return;
    }
    const account = source === 'default-chain' ? undefined : parseServiceAccount(source.serviceAccount);
    this.auth = new GoogleAuth(
      account === undefined
        ? { scopes: [SCOPE], clientOptions: { transporterOptions } }
        : { authClient: account.client },
    );
    // For a service account that the chain finds.
    this.auth.useJWTAccessWithScope = true;
    this.#project = project ?? account?.project;
  }

  /** The project of the settings, else of the credentials. Throws `configuration` where neither names one. */
  project(): Promise<string> {
    if (this.#project !== undefined && this.#project !== '') return Promise.resolve(this.#project);
    this.#found ??= this.auth.getProjectId().catch((thrown: unknown) => {
      this.#found = undefined;
      const error = toCofferError(thrown);
      if (error.retryable) throw error;
      throw new CofferError('configuration', `${STORE}: set project, for the credentials name none`, { store: STORE });
    });
    return this.#found;
  }

  /** The headers that carry the token. Throws `unauthenticated` or `unavailable`. */
  async headers(): Promise<Record<string, string>> {
    if (this.source === 'none') return {};
    try {
      const headers: Record<string, string> = {};
      (await this.auth.getRequestHeaders()).forEach((value, name) => (headers[name] = value));
      return headers;
    } catch (thrown) {
      throw toCofferError(thrown);
    }
  }
}
