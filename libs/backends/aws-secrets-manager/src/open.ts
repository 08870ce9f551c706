import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Backend } from '@coffer/backend-contract';
import type { AwsSecretManagerStore } from '@coffer/config';
import { limitAnswers } from './answer-limit.js';
import { AwsSecretsManagerBackend } from './backend.js';
import { credentialsOf, type AwsKeys, type AwsRole } from './credentials.js';
import { assertPrefix } from './layout.js';
import { requestHandler } from './request-handler.js';
import { SecretsApi } from './client.js';
import { optionsOf } from './settings.js';

export interface AwsSecretsManagerOptions {
  /** Defaults to what the SDK finds in the environment and in AWS's files. */
  readonly region?: string;
  /** Separates instances that share an account. */
  readonly prefix: string;
  /** Defaults to the default AWS chain. */
  readonly keys?: AwsKeys;
  readonly role?: AwsRole;
  /** Instead of the region's own. */
  readonly endpoint?: string;
  /** Uses GetSecretValue and ListSecrets alone; default false. */
  readonly readOnly?: boolean;
  /** Changes the client before its first call, for connections that need more than an address. Defaults to no change. */
  readonly adjust?: (client: SecretsManagerClient) => void;
}

/** Asks nobody yet. Throws `configuration` for settings that cannot be right. */
export const openAwsSecretsManagerBackend = (options: AwsSecretsManagerOptions): Backend => {
  const { region, prefix, keys, role, endpoint, readOnly = false, adjust } = options;
  assertPrefix(prefix);
  const client = new SecretsManagerClient({
    credentials: credentialsOf(keys, role, region),
    // Retries are the facade's and the worker's.
    maxAttempts: 1,
    requestHandler: requestHandler(),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  client.middlewareStack.use(limitAnswers);
  adjust?.(client);
  return new AwsSecretsManagerBackend(new SecretsApi(client), { prefix, readOnly });
};

/** Opens the store that the configuration describes. As `openAwsSecretsManagerBackend`. */
export const open = (settings: AwsSecretManagerStore): Backend => openAwsSecretsManagerBackend(optionsOf(settings));
