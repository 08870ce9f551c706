import type { ErrorCode } from '@coffer/secrets';

export interface ErrorMeaning {
  readonly status: number;
  /** What Kestra's clients show before the detail. */
  readonly reason: string;
}

/**
 * The status of each code, on both faces; docs/http-errors.md says the same in words. Codes of the store that are no
 * fault of the caller (`denied`, `unauthenticated`, `corrupt`) are 502.
 */
export const ERROR_TABLE: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  'not-found': { status: 404, reason: 'Not Found' },
  denied: { status: 502, reason: 'Bad Gateway' },
  unauthenticated: { status: 502, reason: 'Bad Gateway' },
  throttled: { status: 503, reason: 'Service Unavailable' },
  unavailable: { status: 503, reason: 'Service Unavailable' },
  timeout: { status: 504, reason: 'Gateway Timeout' },
  conflict: { status: 409, reason: 'Illegal state' },
  'too-large': { status: 422, reason: 'Illegal argument' },
  invalid: { status: 422, reason: 'Illegal argument' },
  'read-only': { status: 409, reason: 'Illegal state' },
  corrupt: { status: 502, reason: 'Bad Gateway' },
  'fence-ahead': { status: 503, reason: 'Service Unavailable' },
  malformed: { status: 400, reason: 'Bad Request' },
  'unsupported-media-type': { status: 415, reason: 'Unsupported Media Type' },
  'body-too-large': { status: 413, reason: 'Content Too Large' },
  unauthorized: { status: 401, reason: 'Unauthorized' },
  'login-throttled': { status: 429, reason: 'Too Many Requests' },
  forbidden: { status: 403, reason: 'Forbidden' },
  'no-such-route': { status: 404, reason: 'Not Found' },
  'operation-in-flight': { status: 409, reason: 'Illegal state' },
  'operation-mismatch': { status: 422, reason: 'Illegal argument' },
  'operation-expired': { status: 404, reason: 'Not Found' },
  'precondition-failed': { status: 412, reason: 'Precondition Failed' },
  'answer-too-large': { status: 413, reason: 'Content Too Large' },
  'rate-limited': { status: 429, reason: 'Too Many Requests' },
  overloaded: { status: 503, reason: 'Service Unavailable' },
  'audit-unavailable': { status: 503, reason: 'Service Unavailable' },
  stale: { status: 503, reason: 'Service Unavailable' },
  configuration: { status: 500, reason: 'Internal Server Error' },
  internal: { status: 500, reason: 'Internal Server Error' },
};

export const STATUS_TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
