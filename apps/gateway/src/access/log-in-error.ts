import { CofferError } from '@coffer/secrets';

/** A caller who failed too often is to blame, unlike one whose store is throttled: another code, another status. */
export const logInError = (error: unknown): unknown =>
  CofferError.is(error, 'throttled') ? new CofferError('login-throttled', error.message, error.details) : error;
