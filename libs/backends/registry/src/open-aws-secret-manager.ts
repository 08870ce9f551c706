import { openAwsSecretsManagerBackend, type AwsKeys, type AwsRole } from '@coffer/backend-aws-secrets-manager';
import type { Backend } from '@coffer/backend-contract';
import type { AwsSecretManagerStore } from '@coffer/config';

const keysOf = ({ accessKeyId, secretKeyId, sessionToken }: AwsSecretManagerStore): AwsKeys | undefined => {
  if (accessKeyId === undefined || secretKeyId === undefined) return undefined;
  return { accessKeyId, secretAccessKey: secretKeyId, ...(sessionToken === undefined ? {} : { sessionToken }) };
};

const roleOf = (store: AwsSecretManagerStore): AwsRole | undefined => {
  const { stsRoleArn, stsRoleExternalId, stsRoleSessionName, stsRoleSessionDuration, stsEndpointOverride } = store;
  if (stsRoleArn === undefined) return undefined;
  return {
    arn: stsRoleArn,
    sessionDuration: stsRoleSessionDuration,
    ...(stsRoleExternalId === undefined ? {} : { externalId: stsRoleExternalId }),
    ...(stsRoleSessionName === undefined ? {} : { sessionName: stsRoleSessionName }),
    ...(stsEndpointOverride === undefined ? {} : { endpoint: stsEndpointOverride }),
  };
};

/** Asks nobody yet. Throws `configuration`. */
export const openAwsSecretManager = (store: AwsSecretManagerStore): Backend => {
  const { region, prefix, endpointOverride, readOnly } = store;
  const keys = keysOf(store);
  const role = roleOf(store);
  return openAwsSecretsManagerBackend({
    prefix,
    readOnly,
    ...(region === undefined ? {} : { region }),
    ...(keys === undefined ? {} : { keys }),
    ...(role === undefined ? {} : { role }),
    ...(endpointOverride === undefined ? {} : { endpoint: endpointOverride }),
  });
};
