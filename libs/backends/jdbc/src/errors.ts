import { CofferError, type SafeDetails, type StoreErrorCode } from '@coffer/secrets';
import type { Dialect, Right, StatementFailure } from './dialects/dialect.js';
import { refusesCertificate, wordsOf } from './dialects/vendor-words.js';

const REASONS: Readonly<Record<StoreErrorCode, string>> = {
  'not-found': 'there is no such secret',
  denied: 'the database refuses this to its user',
  unauthenticated: 'the database does not accept the login',
  throttled: 'the database refuses more calls for now',
  unavailable: 'the database cannot be reached or cannot work',
  timeout: 'the database did not answer in time',
  conflict: 'the database gave way to another transaction',
  'too-large': 'the database refuses the secret as too large',
  invalid: 'the database refuses the secret as malformed',
  'read-only': 'the database is read-only',
  corrupt: 'the database reports that its own data are damaged',
  'fence-ahead': 'the stored fence is ahead of the log',
};

/** The driver's own identifier of an error, when it is one and nothing else. */
const identifier = (code: unknown): string | undefined => {
  const text = typeof code === 'number' ? String(code) : code;
  return typeof text === 'string' && /^[A-Z0-9_/]{1,60}$/.test(text) ? text : undefined;
};

/**
 * Our own errors pass; a thrown thing of the driver is replaced, with its identifier (an SQLSTATE, say) in the details.
 * `wordsKey` is the identifier by which the words are found where that is another one.
 */
export const statementFailure = (
  store: string,
  code: StoreErrorCode,
  vendorCode: unknown,
  flags: Partial<Omit<StatementFailure, 'error'>> & { readonly wordsKey?: string } = {},
): StatementFailure => {
  const known = identifier(vendorCode);
  const details: SafeDetails = { store, ...(known === undefined ? {} : { vendorCode: known }) };
  const words = known === undefined ? undefined : wordsOf(flags.wordsKey ?? known);
  const suffix = known === undefined ? '' : words === undefined ? ` (${known})` : ` (${known}: ${words})`;
  return {
    error: new CofferError(code, `${store}: ${REASONS[code]}${suffix}`, details),
    duplicate: flags.duplicate ?? false,
    missingTable: flags.missingTable ?? false,
    noTls: flags.noTls ?? false,
  };
};

export const ownFailure = (error: CofferError): StatementFailure => ({
  error,
  duplicate: false,
  missingTable: false,
  noTls: false,
});

/** The code for an identifier that the dialect does not know: what Node's sockets and TLS report. */
export const codeOfConnection = (code: unknown): StoreErrorCode => {
  if (isTimeoutCode(code)) return 'timeout';
  return typeof code === 'string' && refusesCertificate(code) ? 'unauthenticated' : 'unavailable';
};

/** What Node's sockets report, whichever driver uses them. */
export const isTimeoutCode = (code: unknown): boolean => code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT';

/** The same, but where the user lacks a right the message names it and what grants it. */
export const withMissingRight = (
  failure: StatementFailure,
  { store, grantOf }: Pick<Dialect, 'store' | 'grantOf'>,
  right: Right,
  table: string,
): StatementFailure => {
  const { code, details } = failure.error;
  if (code !== 'denied' || grantOf === undefined) return failure;
  const reason =
    right === 'CREATE'
      ? 'the tables are not there yet, or not as this version needs them, and the user may not create them. For the first ' +
        `start: ${grantOf(right, table)}; or let Coffer start once as a user that may. Later starts need SELECT, INSERT and ` +
        'UPDATE on coffer_secrets, and SELECT on coffer_migrations, alone'
      : `the user lacks the right ${right} on the table ${table}: ${grantOf(right, table)}`;
  const vendorCode = details['vendorCode'];
  const suffix = vendorCode === undefined ? '' : ` (${String(vendorCode)})`;
  return { ...failure, error: new CofferError('denied', `${store}: ${reason}${suffix}`, details) };
};
