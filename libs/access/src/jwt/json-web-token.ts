import { CofferError } from '@coffer/secrets';
import { decodeJwt, decodeProtectedHeader, errors, type JWSHeaderParameters, type JWTPayload } from 'jose';

const FORM = /^ey[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/;
/** In characters. Longer ones do not fit into the headers of a request. */
const MAX_LENGTH = 16_384;
/** Tokens of other types, such as those of a log-out, say nothing about who is calling. RFC 9068, section 2.1; JWT-SVID, section 2.3. */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'jose', 'at+jwt', 'application/at+jwt', 'application/jwt']);

/** Whether a text has the form of a JSON Web Token that is signed. */
export const looksLikeJwt = (text: string): boolean => text.length <= MAX_LENGTH && FORM.test(text);

export const refuseJwt = (what: string): CofferError => new CofferError('unauthorized', `the JWT ${what}`);

/** What a token says, nothing of it verified. Throws `unauthorized`. */
export const readJwt = (token: string): { readonly header: JWSHeaderParameters; readonly claims: JWTPayload } => {
  try {
    const header = decodeProtectedHeader(token);
    if (header.typ !== undefined && !TYPES.has(header.typ.toLowerCase()))
      throw refuseJwt('is of a type that lets nobody in');
    return { header, claims: decodeJwt(token) };
  } catch (error) {
    if (CofferError.is(error)) throw error;
    throw refuseJwt('is malformed: it must be a header, claims and a signature, each in base64url');
  }
};

/** Why it was refused, without a value of it. */
const CLAIMS: Readonly<Record<string, string>> = {
  iss: 'is of another issuer',
  aud: 'is not meant for Coffer: its aud must have an audience of the issuer in the configuration',
  exp: 'must say when it expires, by exp',
  iat: 'says when it was issued in a form that is no time, by iat',
  nbf: 'is not valid yet, or does not say from when on it is, by nbf',
};

const UNREADABLE = [errors.JOSENotSupported, errors.JWSInvalid, errors.JWTInvalid];

/** The refusal for what `jwtVerify` threw: whatever it cannot check does not count. */
export const refusalOf = (error: unknown): CofferError => {
  if (CofferError.is(error)) return error;
  if (error instanceof errors.JWTExpired) return refuseJwt('has expired; get a new one');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refuseJwt(CLAIMS[error.claim] ?? 'lacks a claim that is needed');
  }
  if (UNREADABLE.some((kind) => error instanceof kind)) {
    return refuseJwt('is malformed, or its header asks for what is not known here, such as an extension by crit');
  }
  return refuseJwt('has a signature that is wrong');
};
