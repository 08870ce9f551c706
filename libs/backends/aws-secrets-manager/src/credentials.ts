import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { limitAnswers } from './answer-limit.js';
import { requestHandler } from './request-handler.js';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretValue;
  readonly sessionToken?: SecretValue;
}

/** A role to assume by STS with whatever credentials there are. */
export interface AwsRole {
  readonly arn: string;
  readonly externalId?: string;
  /** Defaults to `coffer`. */
  readonly sessionName?: string;
  /** STS takes 15 minutes to 12 hours. */
  readonly sessionDurationMs: number;
  /** Defaults to the region's own. */
  readonly endpoint?: string;
}

type Provider = ReturnType<typeof fromNodeProviderChain>;

const MIN_SESSION_DURATION_MS = 900_000;
const MAX_SESSION_DURATION_MS = 43_200_000;

const ofKeys = ({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys): Provider => {
  return async () => ({
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
  });
};

/** The keys, else the default AWS chain; then the role. Asks nobody yet. Throws `configuration`. */
export const credentialsOf = (keys?: AwsKeys, role?: AwsRole, region?: string): Provider => {
  const masterCredentials =
    keys === undefined ? fromNodeProviderChain({ clientConfig: { requestHandler: requestHandler() } }) : ofKeys(keys);
  if (role === undefined) return masterCredentials;
  const { arn, externalId, sessionName = 'coffer', sessionDurationMs, endpoint } = role;
  if (sessionDurationMs < MIN_SESSION_DURATION_MS || sessionDurationMs > MAX_SESSION_DURATION_MS) {
    throw new CofferError('configuration', 'awsSecretManager.stsRoleSessionDuration must be from 15m to 12h');
  }
  return fromTemporaryCredentials({
    masterCredentials,
    clientPlugins: [limitAnswers],
    params: {
      RoleArn: arn,
      RoleSessionName: sessionName,
      DurationSeconds: Math.floor(sessionDurationMs / 1_000),
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
    clientConfig: {
      maxAttempts: 1,
      requestHandler: requestHandler(),
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
    },
  });
};
