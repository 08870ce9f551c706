import type { AwsSecretManagerStore } from '@coffer/config';
import type { AwsKeys, AwsRole } from './credentials.js';
import type { AwsSecretsManagerOptions } from './open.js';

const keysOf = ({ accessKeyId, secretKeyId, sessionToken }: AwsSecretManagerStore): AwsKeys | undefined => {
  if (accessKeyId === undefined || secretKeyId === undefined) return undefined;
  return { accessKeyId, secretAccessKey: secretKeyId, ...(sessionToken === undefined ? {} : { sessionToken }) };
};

const roleOf = (store: AwsSecretManagerStore): AwsRole | undefined => {
  const { stsRoleArn, stsRoleExternalId, stsRoleSessionName, stsRoleSessionDuration, stsEndpointOverride } = store;
  if (stsRoleArn === undefined) return undefined;
  return {
    arn: stsRoleArn,
    sessionDurationMs: stsRoleSessionDuration,
    ...(stsRoleExternalId === undefined ? {} : { externalId: stsRoleExternalId }),
    ...(stsRoleSessionName === undefined ? {} : { sessionName: stsRoleSessionName }),
    ...(stsEndpointOverride === undefined ? {} : { endpoint: stsEndpointOverride }),
  };
};

/** What the configuration says, as the adapter takes it. */
export const optionsOf = (store: AwsSecretManagerStore): AwsSecretsManagerOptions => {
  const { region, prefix, endpointOverride, readOnly } = store;
  const keys = keysOf(store);
  const role = roleOf(store);
  return {
    prefix,
    readOnly,
    ...(region === undefined ? {} : { region }),
    ...(keys === undefined ? {} : { keys }),
    ...(role === undefined ? {} : { role }),
    ...(endpointOverride === undefined ? {} : { endpoint: endpointOverride }),
  };
};
