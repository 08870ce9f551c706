import { CofferError, GATEWAY_ERROR_CODES, isErrorCode, isRetryable, STORE_ERROR_CODES } from './index.js';

const retryable = ['audit-unavailable', 'overloaded', 'rate-limited', 'throttled', 'timeout', 'unavailable'];
const codes = [...STORE_ERROR_CODES, ...GATEWAY_ERROR_CODES];

describe('CofferError', () => {
  it('has its name, code, message and details, and no cause', () => {
    const error = new CofferError('invalid', 'what is wrong', { key: 'a' });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'CofferError',
      code: 'invalid',
      message: 'what is wrong',
      details: { key: 'a' },
    });
    expect(error.cause).toBeUndefined();
    expect(new CofferError('denied', '').details).toEqual({});
  });

  it.each(codes)('knows whether %s may succeed by itself', (code) => {
    expect(isRetryable(code)).toBe(retryable.includes(code));
    expect(new CofferError(code, '').retryable).toBe(retryable.includes(code));
  });

  it('tells its own errors from others, and one code from another', () => {
    const error: unknown = new CofferError('denied', '');
    expect([CofferError.is(error), CofferError.is(error, 'denied'), CofferError.is(error, 'invalid')]).toEqual([
      true,
      true,
      false,
    ]);
    const other: unknown = Object.assign(new Error(), { code: 'denied' });
    expect([CofferError.is(other), CofferError.is(other, 'denied'), CofferError.is(undefined)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('error codes', () => {
  // They are part of the HTTP API and of stored dead letters: one that is renamed is a change that callers see.
  it('are these', () => {
    expect(STORE_ERROR_CODES.join(' ')).toBe(
      'not-found denied unauthenticated throttled unavailable timeout conflict too-large invalid read-only corrupt fence-ahead',
    );
    expect(GATEWAY_ERROR_CODES.join(' ')).toBe(
      'malformed unsupported-media-type body-too-large unauthorized login-throttled forbidden no-such-route ' +
        'operation-in-flight operation-mismatch operation-expired precondition-failed answer-too-large rate-limited overloaded stale audit-unavailable configuration internal',
    );
  });

  it('are known, and nothing else is', () => {
    expect(codes.filter((code) => !isErrorCode(code))).toEqual([]);
    expect(['', 'Denied', 'denied ', 'toString'].filter(isErrorCode)).toEqual([]);
  });
});
