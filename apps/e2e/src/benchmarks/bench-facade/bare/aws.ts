import { randomUUID } from 'node:crypto';
// eslint-disable-next-line no-restricted-imports -- the bare client is what the facade is measured beside
import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { openAwsSecretsManagerBackend } from '@coffer/backend-aws-secrets-manager';
import { ExternalClient, ownerKeys, serviceEndpoint, serviceRegion } from '@coffer/backend-aws-secrets-manager/testing';
import { PATH, put, TEXT, type ReadPair } from '../read-pair.js';

export const openAws = async (): Promise<ReadPair> => {
  const prefix = randomUUID();
  const adapter = openAwsSecretsManagerBackend({
    region: serviceRegion(),
    endpoint: serviceEndpoint(),
    prefix,
    keys: ownerKeys(),
  });
  await put(adapter);
  const outsider = new ExternalClient();
  const { namespace, key } = PATH;
  const SecretId = await outsider.create({ tags: { prefix: `${prefix}-bare`, namespace, key }, value: TEXT });
  return {
    adapter,
    bare: () =>
      Promise.all([
        outsider.client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSCURRENT' })),
        outsider.client.send(new DescribeSecretCommand({ SecretId })),
      ]),
    close: async () => {
      await adapter.close();
      outsider.close();
    },
  };
};
