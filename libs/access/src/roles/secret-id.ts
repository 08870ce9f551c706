import { SecretValue } from '@coffer/secrets';
import { createAccessToken, TOKEN_PREFIX } from '../access-token.js';

/** Lets scanners of code and logs recognise a leaked secret id; no access token begins with it. */
export const SECRET_ID_PREFIX = `${TOKEN_PREFIX}secret_`;

/** A new secret id: 256 random bits and their checksum. */
export const createSecretId = (): SecretValue =>
  new SecretValue(SECRET_ID_PREFIX + createAccessToken().reveal().slice(TOKEN_PREFIX.length));
