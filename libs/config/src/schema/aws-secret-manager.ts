import { z } from 'zod';
import { httpAddress } from '../address/http-address.js';
import { duration, secretWord, text, word } from './scalars.js';
import { storeFields, type StoreOf } from './store-fields.js';

const FIFTEEN_MINUTES = 900_000;

const endpoint = (service: string) =>
  httpAddress({ example: `https://${service}.eu-west-1.amazonaws.com`, path: true });

/** `kestra.secret.awsSecretManager`. Without keys the default AWS chain finds credentials. */
export const awsSecretManagerSection = z
  .strictObject({
    ...storeFields,
    accessKeyId: word.optional().meta({
      description: 'The access key; without one the default chain of AWS finds credentials.',
      auth: 'access key',
    }),
    secretKeyId: secretWord.optional().meta({ description: 'The secret of the access key.', auth: 'access key' }),
    sessionToken: secretWord
      .optional()
      .meta({ description: 'Session token of temporary credentials.', auth: 'session token' }),
    region: word.optional().describe('The region; else `AWS_REGION` or `AWS_DEFAULT_REGION`.'),
    prefix: text.default('kestra').describe('Separates instances that share one account.'),
    endpointOverride: endpoint('secretsmanager').optional().describe('Another address of the service.'),
    /** A role to assume by STS with whatever credentials were found. */
    stsRoleArn: word
      .optional()
      .meta({ description: 'A role to assume with whatever credentials were found.', auth: 'assumed role' }),
    stsRoleExternalId: word
      .optional()
      .meta({ description: 'The external id that the role asks for.', auth: 'assumed role' }),
    stsRoleSessionName: word.optional().meta({ description: 'The name of the session.', auth: 'assumed role' }),
    /** Milliseconds. */
    stsRoleSessionDuration: duration
      .default(FIFTEEN_MINUTES)
      .meta({ description: 'How long the session lasts.', auth: 'assumed role' }),
    stsEndpointOverride: endpoint('sts')
      .optional()
      .meta({ description: 'Another address of STS.', auth: 'assumed role' }),
  })
  .superRefine(({ accessKeyId, secretKeyId, sessionToken, stsRoleArn, ...rest }, context) => {
    const missing = (path: string, because: string): void =>
      context.addIssue({ code: 'custom', path: [path], message: `is missing: ${because} needs it` });
    if (secretKeyId !== undefined && accessKeyId === undefined) missing('accessKeyId', 'secretKeyId');
    if (accessKeyId !== undefined && secretKeyId === undefined) missing('secretKeyId', 'accessKeyId');
    if (sessionToken !== undefined && accessKeyId === undefined) missing('accessKeyId', 'sessionToken');
    for (const name of ['stsRoleExternalId', 'stsRoleSessionName'] as const) {
      if (rest[name] !== undefined && stsRoleArn === undefined) missing('stsRoleArn', name);
    }
  });

export type AwsSecretManagerStore = StoreOf<'aws-secret-manager', typeof awsSecretManagerSection>;

/** The settings of STS that change nothing: those that say how, and not as whom, of a role that is not named. */
export const unusedOfSts = (settings: AwsSecretManagerStore): string[] => {
  const { stsRoleArn, stsRoleSessionDuration, stsEndpointOverride } = settings;
  if (stsRoleArn !== undefined) return [];
  return [
    ...(stsRoleSessionDuration === FIFTEEN_MINUTES ? [] : ['stsRoleSessionDuration']),
    ...(stsEndpointOverride === undefined ? [] : ['stsEndpointOverride']),
  ];
};
