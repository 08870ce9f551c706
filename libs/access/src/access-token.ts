import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CofferError, SecretValue } from '@coffer/secrets';

/** Lets scanners of code and logs recognise a leaked token. */
export const TOKEN_PREFIX = 'coffer_';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_BYTES = 32;
/** 62^43 > 2^256 and 62^6 > 2^32. */
const BODY_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
/** The length of every token, in characters. */
export const TOKEN_LENGTH = TOKEN_PREFIX.length + BODY_LENGTH + CHECKSUM_LENGTH;
const FORM = new RegExp(`^${TOKEN_PREFIX}[0-9A-Za-z]{${BODY_LENGTH + CHECKSUM_LENGTH}}$`);

const base62 = (number: bigint, length: number): string => {
  let text = '';
  for (let rest = number; text.length < length; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
};

const checksumOf = (body: string): string => base62(BigInt(crc32(body)), CHECKSUM_LENGTH);

/** A new token: `coffer_`, 256 random bits in base62, and their CRC32. */
export const createAccessToken = (): SecretValue => {
  const body = base62(BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`), BODY_LENGTH);
  return new SecretValue(`${TOKEN_PREFIX}${body}${checksumOf(body)}`);
};

/**
 * Throws `unauthorized` for a text that was never a token: another kind of token, a cut or mistyped one. The checksum
 * is no secret and proves nothing; it tells a typo from a revoked token without asking what tokens there are.
 */
export const checkAccessToken = (text: string): void => {
  if (text.startsWith(`${TOKEN_PREFIX}secret_`)) {
    throw new CofferError(
      'unauthorized',
      'this is the secret id of a role, not a token: POST /coffer/v1/TENANT/access/login gives a token for it',
    );
  }
  if (!text.startsWith(TOKEN_PREFIX)) {
    throw new CofferError(
      'unauthorized',
      `the bearer token is not one of Coffer's, which begin with ${TOKEN_PREFIX}, nor a JSON Web Token`,
    );
  }
  if (text.startsWith(`${TOKEN_PREFIX}role_`)) {
    throw new CofferError('unauthorized', 'a token of a role begins no session; send it with each request');
  }
  const body = text.slice(TOKEN_PREFIX.length, TOKEN_PREFIX.length + BODY_LENGTH);
  if (!FORM.test(text) || !text.endsWith(checksumOf(body))) {
    throw new CofferError(
      'unauthorized',
      'the access token is mistyped or cut: its checksum does not match; copy the whole token again',
    );
  }
};
