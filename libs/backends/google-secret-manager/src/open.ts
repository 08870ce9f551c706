import type { Backend } from '@coffer/backend-contract';
import type { GoogleSecretManagerStore } from '@coffer/config';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { MAX_PREFIX, STORE } from './capabilities.js';
import { Credentials } from './credentials.js';
import { GoogleSecretManagerBackend } from './backend.js';
import { SecretsApi } from './client.js';
import { Service, type Endpoint } from './connection.js';
import { optionsOf } from './settings.js';

export type { Endpoint } from './connection.js';

export interface GoogleSecretManagerOptions {
  /** Defaults to the project of the credentials. */
  readonly project?: string;
  /** The JSON of a key file. Default: Google's chain, which begins with GOOGLE_APPLICATION_CREDENTIALS. */
  readonly serviceAccount?: SecretValue;
  /** Separates instances that share the project: at most 128 code points. */
  readonly prefix: string;
  /**
   * Whether a value may be returned without description and tags where the credentials may access versions and nothing else
   * (`roles/secretmanager.secretAccessor`). Not where tags decide who sees a secret. Defaults to no.
   */
  readonly valuesAlone?: boolean;
  /** Defaults to Google's own. */
  readonly endpoint?: Endpoint;
  /** Whether calls carry no credentials, for emulators that ask for none. Defaults to false. */
  readonly anonymous?: boolean;
}

/**
 * Asks nothing of the service yet: credentials and project are looked for by the first call, and while that fails each
 * call throws the reason and the next one tries again. Throws `configuration` for settings that cannot be right.
 */
export const openGoogleSecretManagerBackend = (options: GoogleSecretManagerOptions): Backend => {
  const { project, serviceAccount, prefix, valuesAlone = false, endpoint, anonymous = false } = options;
  if ([...prefix].length > MAX_PREFIX || !prefix.isWellFormed()) {
    throw new CofferError('configuration', `${STORE}: the prefix must have at most ${MAX_PREFIX} characters`);
  }
  const source = anonymous ? 'none' : serviceAccount === undefined ? 'default-chain' : { serviceAccount };
  const service = new Service(new Credentials(source, project), endpoint);
  return new GoogleSecretManagerBackend(new SecretsApi(service), prefix, valuesAlone);
};

/** Opens the store that the configuration describes. As `openGoogleSecretManagerBackend`. */
export const open = (settings: GoogleSecretManagerStore): Backend =>
  openGoogleSecretManagerBackend(optionsOf(settings));
