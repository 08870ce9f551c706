import { leaksOf } from '@coffer/backend-conformance';
import { STORE_ERROR_CODES } from '@coffer/secrets';
import { toCofferError } from './errors.js';

const CANARY = 'c0ffer-canary/"value"';
const never = new AbortController().signal;
const vendor = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error(`about ${CANARY}`), {
    name,
    $fault: 'client',
    $metadata: { httpStatusCode, requestId: CANARY },
    $response: { body: CANARY, headers: { authorization: CANARY } },
  });

describe('errors of the SDK', () => {
  it.each([
    ['ResourceNotFoundException', 'not-found'],
    ['AccessDeniedException', 'denied'],
    ['com.amazonaws.secretsmanager#AccessDeniedException', 'denied'],
    ['DecryptionFailure', 'denied'],
    ['UnrecognizedClientException', 'unauthenticated'],
    ['ExpiredTokenException', 'unauthenticated'],
    ['CredentialsProviderError', 'unauthenticated'],
    ['InvalidIdentityTokenException', 'unauthenticated'],
    ['IDPRejectedClaimException', 'unauthenticated'],
    ['RegionDisabledException', 'denied'],
    ['ThrottlingException', 'throttled'],
    ['LimitExceededException', 'denied'],
    ['InternalServiceError', 'unavailable'],
    ['InvalidParameterException', 'invalid'],
    ['InvalidRequestException', 'conflict'],
    ['ResourceExistsException', 'conflict'],
    ['TimeoutError', 'timeout'],
    ['AbortError', 'timeout'],
    ['SomethingNew', 'unavailable'],
    ['toString', 'unavailable'],
  ])('%s is %s', (name, code) => {
    const error = toCofferError(vendor(name, 400), never);
    expect(error.code).toBe(code);
    expect(STORE_ERROR_CODES).toContain(error.code);
    expect(leaksOf(error, [CANARY])).toEqual([]);
    expect(leaksOf(vendor(name), [CANARY])).toEqual([CANARY]);
  });

  it.each([
    [429, 'throttled'],
    [401, 'unauthenticated'],
    [403, 'denied'],
    [413, 'too-large'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('an unknown error with status %d is %s', (status, code) => {
    expect(toCofferError(vendor('UnknownError', status), never).code).toBe(code);
  });

  it('are a time-out when the call was over', () => {
    expect(toCofferError(vendor('ThrottlingException', 400), AbortSignal.abort()).code).toBe('timeout');
  });

  it('name the settings of a missing region', () => {
    const error = toCofferError(new Error('Region is missing'), never);
    expect(error.code).toBe('configuration');
    expect(error.message).toMatch(/region.*AWS_DEFAULT_REGION/);
  });

  it.each([undefined, null, 'text', 7])('thrown as %p are unavailable', (thrown) => {
    expect(toCofferError(thrown, never).code).toBe('unavailable');
  });
});
