import { isRestError } from '@azure/keyvault-secrets';
import { propertyOf } from '@coffer/backend-contract';
import { CofferError, type SafeDetails, type StoreErrorCode } from '@coffer/secrets';
import { STORE } from './capabilities.js';

/** 409: what the vault is doing with the name; the detail `state` of the errors that say so. */
export type BusyState = 'ObjectIsDeletedButRecoverable' | 'ObjectIsBeingDeleted' | 'ObjectIsBeingRecovered';

/** https://learn.microsoft.com/en-us/azure/key-vault/general/rest-error-codes */
const BY_STATUS: Readonly<Record<number, StoreErrorCode>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'denied',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  413: 'too-large',
  429: 'throttled',
};

/** Goes before the status. A name that is busy is free again in a moment, so the caller should come again. */
const BY_INNER_CODE: Readonly<Record<string, StoreErrorCode>> = {
  ObjectIsDeletedButRecoverable: 'throttled',
  ObjectIsBeingDeleted: 'throttled',
  ObjectIsBeingRecovered: 'throttled',
  SecretDisabled: 'denied',
};

const MESSAGES: Readonly<Partial<Record<StoreErrorCode, string>>> = {
  invalid: 'the vault refuses the request as invalid',
  unauthenticated: 'the vault does not accept the credentials',
  denied: 'the credentials lack a permission on secrets, or the secret is disabled',
  'not-found': 'there is no such secret',
  timeout: 'the vault did not answer in time',
  conflict: 'the vault reports a conflict',
  'too-large': 'the vault refuses the request as too large',
  throttled: 'the vault asks to come again later',
};

/** Microsoft's codes are single words; anything else might be a text with something in it. */
const word = (code: unknown): string | undefined =>
  typeof code === 'string' && /^[A-Za-z]{1,64}$/.test(code) ? code : undefined;

export const failure = (code: StoreErrorCode, message: string, details: SafeDetails = {}): CofferError =>
  new CofferError(code, `${STORE}: ${message}`, { store: STORE, ...details });

const answered = (error: unknown, status: number): CofferError => {
  const body = propertyOf(error, 'details', 'error');
  const inner = word(propertyOf(body, 'innerError', 'code'));
  const outer = word(propertyOf(body, 'code'));
  const mapped = BY_INNER_CODE[inner ?? ''] ?? BY_STATUS[status] ?? 'unavailable';
  // A 404 without a code of any kind comes from something else at that address.
  const code = mapped === 'not-found' && typeof propertyOf(body, 'code') !== 'string' ? 'unavailable' : mapped;
  const state = inner !== undefined && code === 'throttled' && status === 409 ? { state: inner } : {};
  const reason = inner ?? outer;
  const message = MESSAGES[code] ?? 'the vault cannot serve the request now';
  return failure(code, message, { status, ...(reason === undefined ? {} : { reason }), ...state });
};

/** An error with those it was made of: `cause` of a credential's, `errors` of a chain's. */
const withCauses = (error: unknown, depth = 0): unknown[] => {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const members = propertyOf(error, 'errors');
  const inside = [propertyOf(error, 'cause'), ...(Array.isArray(members) ? (members as unknown[]) : [])];
  return [error, ...inside.flatMap((one) => withCauses(one, depth + 1))];
};

const CREDENTIAL_ERROR = /^(AggregateAuthentication|Authentication|AuthenticationRequired|CredentialUnavailable)Error$/;

/** MSAL's codes for a directory that could not be reached. */
const UNREACHABLE = /\b(network_error|endpoints_resolution_error|temporarily_unavailable)\b/;

const refusedToken = (error: unknown): CofferError => {
  const all = withCauses(error);
  const statuses = all.map((one) => propertyOf(one, 'status') ?? propertyOf(one, 'statusCode'));
  if (statuses.includes(429)) return failure('throttled', 'the directory asks to come again later');
  const unreachable = all.some((one) =>
    UNREACHABLE.test(`${String(propertyOf(one, 'errorCode'))} ${String(propertyOf(one, 'message'))}`),
  );
  if (unreachable || statuses.some((status) => typeof status === 'number' && status >= 500)) {
    return failure('unavailable', 'the directory that gives the tokens cannot be reached');
  }
  if (all.some((one) => /not configured to acquire tokens for tenant/.test(String(propertyOf(one, 'message'))))) {
    return failure('unauthenticated', 'the vault is of another tenant: allow it by additionallyAllowedTenants');
  }
  return failure('unauthenticated', 'no token could be had with the configured credentials, or none are configured');
};

/** One of ours for whatever the SDK threw; nothing of the vendor's error is kept but status and codes. */
export const toCofferError = (error: unknown, signal: AbortSignal): CofferError => {
  if (CofferError.is(error)) return error;
  if (signal.aborted) return failure('timeout', 'the vault did not answer in time');
  if (CREDENTIAL_ERROR.test(String(propertyOf(error, 'name')))) return refusedToken(error);
  if (isRestError(error) && error.statusCode !== undefined) return answered(error, error.statusCode);
  if (/^The challenge /.test(String(propertyOf(error, 'message')))) {
    return failure('unauthenticated', 'the challenge of the vault is for another resource; no token was sent');
  }
  return failure('unavailable', 'the vault cannot be reached');
};

export const busyState = (error: unknown): BusyState | undefined =>
  CofferError.is(error) ? (error.details['state'] as BusyState | undefined) : undefined;
