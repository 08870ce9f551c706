import { leaksOf } from '@coffer/backend-conformance';
import { CofferError } from '@coffer/secrets';
import { RestError } from '@azure/keyvault-secrets';
import { busyState, toCofferError } from './errors.js';

const CANARY = 'c4nary "of" a request';
const never = new AbortController().signal;

/** As the SDK throws it, with a request and a response hanging on it. */
const restError = (status: number | undefined, body?: object, code?: string): RestError => {
  const error = new RestError(`a message with ${CANARY}`, {
    ...(status === undefined ? {} : { statusCode: status }),
    ...(code === undefined ? {} : { code }),
  });
  return Object.assign(error, { details: body, request: { body: CANARY }, response: { bodyAsText: CANARY } });
};

const vaultError = (status: number, code: string, inner?: string): RestError =>
  restError(status, {
    error: { code, message: CANARY, innerError: inner === undefined ? undefined : { code: inner } },
  });

const named = (name: string, fields: object): Error => Object.assign(new Error(CANARY), { name, ...fields });

describe('failures', () => {
  it.each([
    ['unauthenticated', vaultError(401, 'Unauthorized')],
    ['denied', vaultError(403, 'Forbidden', 'AccessDenied')],
    ['denied', vaultError(403, 'Forbidden', 'ForbiddenByRbac')],
    ['denied', vaultError(403, 'Forbidden', 'SecretDisabled')],
    ['not-found', vaultError(404, 'SecretNotFound')],
    ['not-found', vaultError(404, 'org.example.NotFoundException')],
    ['unavailable', restError(404, {})],
    ['unavailable', restError(404, { error: 'Not Found' })],
    ['invalid', vaultError(400, 'BadParameter')],
    ['throttled', vaultError(429, 'Throttled')],
    ['throttled', vaultError(409, 'Conflict', 'ObjectIsBeingDeleted')],
    ['throttled', vaultError(409, 'Conflict', 'ObjectIsBeingRecovered')],
    ['throttled', vaultError(409, 'Conflict', 'ObjectIsDeletedButRecoverable')],
    ['conflict', vaultError(409, 'Conflict')],
    ['too-large', restError(413, {})],
    ['timeout', restError(408, {})],
    ['unavailable', restError(500, {})],
    ['unavailable', restError(503)],
    ['unavailable', restError(undefined, undefined, 'ECONNRESET')],
    ['unavailable', named('AbortError', {})],
    ['unavailable', new TypeError(CANARY)],
    ['unavailable', undefined],
    ['unauthenticated', new Error(`The challenge resource '${CANARY}' does not match the requested domain.`)],
    ['unauthenticated', named('AuthenticationRequiredError', { cause: named('ServerError', { status: 401 }) })],
    ['throttled', named('AuthenticationRequiredError', { cause: named('ServerError', { status: 429 }) })],
    ['unavailable', named('AuthenticationRequiredError', { cause: named('ServerError', { status: 503 }) })],
    ['unavailable', named('AuthenticationRequiredError', { cause: { errorCode: 'network_error' } })],
    ['unavailable', named('CredentialUnavailableError', { message: 'endpoints_resolution_error: see' })],
    ['unauthenticated', named('AggregateAuthenticationError', { errors: [named('CredentialUnavailableError', {})] })],
    [
      'unavailable',
      named('AggregateAuthenticationError', { errors: [named('AuthenticationError', { statusCode: 500 })] }),
    ],
  ] as const)('%s', (code, error) => {
    const explained = toCofferError(error, never);
    expect(explained.code).toBe(code);
    expect(leaksOf(explained, [CANARY])).toEqual([]);
  });

  it('are a timeout once the signal has fired, whatever they say', () => {
    expect(toCofferError(vaultError(404, 'SecretNotFound'), AbortSignal.abort()).code).toBe('timeout');
  });

  it('of our own pass', () => {
    const own = new CofferError('conflict', 'x');
    expect(toCofferError(own, never)).toBe(own);
  });

  it('say which tenant has to be allowed', () => {
    const error = named('CredentialUnavailableError', {
      message: 'The current credential is not configured to acquire tokens for tenant x.',
    });
    expect(toCofferError(error, never).message).toMatch(/additionallyAllowedTenants/);
  });

  it('carry status and codes that are words, nothing else', () => {
    expect(toCofferError(vaultError(403, 'Forbidden', 'AccessDenied'), never).details).toEqual({
      store: 'Azure Key Vault',
      status: 403,
      reason: 'AccessDenied',
    });
    expect(toCofferError(vaultError(400, CANARY), never).details).toEqual({ store: 'Azure Key Vault', status: 400 });
  });

  it('say that a name is busy, and with what', () => {
    expect(busyState(toCofferError(vaultError(409, 'Conflict', 'ObjectIsBeingDeleted'), never))).toBe(
      'ObjectIsBeingDeleted',
    );
    expect(busyState(toCofferError(vaultError(429, 'Throttled'), never))).toBeUndefined();
  });
});
