import { z } from 'zod';
import { duration, httpUrl, secretText, text } from './scalars.js';
import { storeFields, type StoreOf } from './store-fields.js';

const FIFTEEN_MINUTES = 900_000;

/** `kestra.secret.awsSecretManager`. Without keys the default AWS chain finds credentials. */
export const awsSecretManagerSection = z
  .strictObject({
    ...storeFields,
    accessKeyId: text.optional(),
    secretKeyId: secretText.optional(),
    sessionToken: secretText.optional(),
    region: text.optional(),
    prefix: text.default('kestra'),
    endpointOverride: httpUrl.optional(),
    /** A role to assume by STS with whatever credentials were found. */
    stsRoleArn: text.optional(),
    stsRoleExternalId: text.optional(),
    stsRoleSessionName: text.optional(),
    /** Milliseconds. */
    stsRoleSessionDuration: duration.default(FIFTEEN_MINUTES),
    stsEndpointOverride: httpUrl.optional(),
  })
  .superRefine(({ accessKeyId, secretKeyId, sessionToken, stsRoleArn, stsRoleExternalId }, context) => {
    const missing = (path: string, because: string): void =>
      context.addIssue({ code: 'custom', path: [path], message: `is missing: ${because} needs it` });
    if (secretKeyId !== undefined && accessKeyId === undefined) missing('accessKeyId', 'secretKeyId');
    if (accessKeyId !== undefined && secretKeyId === undefined) missing('secretKeyId', 'accessKeyId');
    if (sessionToken !== undefined && accessKeyId === undefined) missing('accessKeyId', 'sessionToken');
    if (stsRoleExternalId !== undefined && stsRoleArn === undefined) missing('stsRoleArn', 'stsRoleExternalId');
  });

export type AwsSecretManagerStore = StoreOf<'aws-secret-manager', typeof awsSecretManagerSection>;
