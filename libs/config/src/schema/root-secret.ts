import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import { KEY_TEXT, keyText } from '../text-form/key-text.js';
import { anyText } from './scalars.js';

/** Shortest text, in characters, from which a root key may be made. */
export const ROOT_SECRET_LENGTH = 32;

export const isLongEnough = (secret: string): boolean => [...secret].length >= ROOT_SECRET_LENGTH;

const TOO_SHORT = `must have at least ${ROOT_SECRET_LENGTH} characters; \`openssl rand -base64 32\` makes a good one`;

const secretOf = (isEnough: (secret: string) => boolean) =>
  anyText
    .transform((text, context): SecretValue => {
      const secret = keyText(text);
      if (secret !== undefined && isEnough(secret)) return new SecretValue(secret);
      context.addIssue({ code: 'custom', message: secret === undefined ? KEY_TEXT : TOO_SHORT });
      return z.NEVER;
    })
    .meta({ type: `at least ${ROOT_SECRET_LENGTH} characters`, form: 'key' });

/** A root secret that is refused when it is short. */
export const rootSecret = secretOf(isLongEnough);

/** A root secret of any length. */
export const anyRootSecret = secretOf((secret) => secret !== '').meta({ type: 'text, kept secret', form: 'key' });
