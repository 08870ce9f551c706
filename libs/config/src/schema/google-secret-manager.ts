import { z } from 'zod';
import { httpUrl, secretText, text } from './scalars.js';
import { storeFields, type StoreOf } from './store-fields.js';

/** `kestra.secret.googleSecretManager`. Without `serviceAccount` the default Google chain finds credentials. */
export const googleSecretManagerSection = z.strictObject({
  ...storeFields,
  /** Else the project of the credentials. */
  project: text.optional(),
  /** The key file's JSON itself. */
  serviceAccount: secretText.optional(),
  prefix: text.default('kestra'),
  /** Coffer's own: another server than Google's, such as an emulator; by http the token goes in clear. */
  endpointOverride: httpUrl.optional(),
});

export type GoogleSecretManagerStore = StoreOf<'google-secret-manager', typeof googleSecretManagerSection>;
