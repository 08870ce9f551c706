/**
 * What a store can answer, whichever store it is. Every adapter maps its vendor's errors onto this closed set by one
 * table; nothing above the port looks at a vendor's error.
 */
export const STORE_ERROR_CODES = [
  'not-found',
  'denied',
  'unauthenticated',
  'throttled',
  'unavailable',
  'timeout',
  'conflict',
  'too-large',
  'invalid',
  'read-only',
  'corrupt',
  'fence-ahead',
] as const;

/** What Coffer itself answers, before or after a store was asked. */
export const GATEWAY_ERROR_CODES = [
  'malformed',
  'unsupported-media-type',
  'body-too-large',
  'unauthorized',
  'login-throttled',
  'forbidden',
  'no-such-route',
  'operation-in-flight',
  'operation-mismatch',
  'operation-expired',
  'precondition-failed',
  'answer-too-large',
  'rate-limited',
  'overloaded',
  'stale',
  'audit-unavailable',
  'configuration',
  'internal',
] as const;

export type StoreErrorCode = (typeof STORE_ERROR_CODES)[number];
export type GatewayErrorCode = (typeof GATEWAY_ERROR_CODES)[number];
export type ErrorCode = StoreErrorCode | GatewayErrorCode;

/** The same request may succeed later without anybody changing anything. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'throttled',
  'unavailable',
  'timeout',
  'rate-limited',
  'overloaded',
  'audit-unavailable',
]);

export const isRetryable = (code: ErrorCode): boolean => RETRYABLE.has(code);

const CODES: ReadonlySet<string> = new Set([...STORE_ERROR_CODES, ...GATEWAY_ERROR_CODES]);

export const isErrorCode = (code: string): code is ErrorCode => CODES.has(code);
