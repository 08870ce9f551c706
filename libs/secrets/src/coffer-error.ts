import { isRetryable, type ErrorCode } from './error-code.js';

/** Identifiers that may be shown to anybody who may see the error. Never a value, a credential or a body. */
export type SafeDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * The only error that crosses a library's boundary. It has no `cause`: vendors hang requests, responses and
 * credentials on theirs, and whatever hangs on an error is printed sooner or later. `message` names what is wrong and
 * what would be right, and never quotes a value.
 */
export class CofferError extends Error {
  override readonly name = 'CofferError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: SafeDetails = {},
  ) {
    super(message);
  }

  /** Whether the same call may succeed later by itself. */
  get retryable(): boolean {
    return isRetryable(this.code);
  }

  static is(error: unknown, code?: ErrorCode): error is CofferError {
    return error instanceof CofferError && (code === undefined || error.code === code);
  }
}
