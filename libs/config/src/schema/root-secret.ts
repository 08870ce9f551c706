import { SecretValue } from '@coffer/secrets';
import { parsed } from './scalars.js';

/** Shortest text, in characters, from which a root key may be made. */
export const ROOT_SECRET_LENGTH = 32;

export const isLongEnough = (secret: string): boolean => [...secret].length >= ROOT_SECRET_LENGTH;

/** A root secret that is refused when it is short. */
export const rootSecret = parsed(
  `must have at least ${ROOT_SECRET_LENGTH} characters; \`openssl rand -base64 32\` makes a good one`,
  (value) => (isLongEnough(value) ? new SecretValue(value) : undefined),
);
