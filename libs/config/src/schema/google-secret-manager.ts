import { z } from 'zod';
import { httpAddress } from '../address/http-address.js';
import { serviceAccount } from './service-account.js';
import { text, word } from './scalars.js';
import { storeFields, type StoreOf } from './store-fields.js';

const endpoint = httpAddress({
  example: 'https://secretmanager.googleapis.com',
  path: false,
  ownPath: { name: '/v1', pattern: /^\/v1(beta\d+)?(\/|$)/ },
});

/** `kestra.secret.googleSecretManager`. Without `serviceAccount` the default Google chain finds credentials. */
export const googleSecretManagerSection = z.strictObject({
  ...storeFields,
  /** Else the project of the credentials. */
  project: word.optional().describe('The project; else that of the credentials.'),
  /** The key file's JSON itself. */
  serviceAccount: serviceAccount.optional().meta({
    description: 'The JSON of a service account’s key file; without it Application Default Credentials are used.',
    auth: 'service account',
  }),
  prefix: text.default('kestra').describe('Separates instances that share one project.'),
  /** Coffer's own: another server than Google's, such as an emulator; by http the token goes in clear. */
  endpointOverride: endpoint.optional().describe('Another address of the service.'),
});

export type GoogleSecretManagerStore = StoreOf<'google-secret-manager', typeof googleSecretManagerSection>;
