import { propertyOf } from '@coffer/backend-contract';
import { CofferError, type SafeDetails, type StoreErrorCode } from '@coffer/secrets';
import { STORE } from './capabilities.js';

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto: number, name, and what it means here. */
const STATUSES: Readonly<Record<number, readonly [name: string, code: StoreErrorCode]>> = {
  1: ['CANCELLED', 'unavailable'],
  2: ['UNKNOWN', 'unavailable'],
  3: ['INVALID_ARGUMENT', 'invalid'],
  4: ['DEADLINE_EXCEEDED', 'timeout'],
  5: ['NOT_FOUND', 'not-found'],
  6: ['ALREADY_EXISTS', 'conflict'],
  7: ['PERMISSION_DENIED', 'denied'],
  8: ['RESOURCE_EXHAUSTED', 'throttled'],
  9: ['FAILED_PRECONDITION', 'denied'],
  10: ['ABORTED', 'conflict'],
  11: ['OUT_OF_RANGE', 'invalid'],
  12: ['UNIMPLEMENTED', 'invalid'],
  13: ['INTERNAL', 'unavailable'],
  14: ['UNAVAILABLE', 'unavailable'],
  15: ['DATA_LOSS', 'corrupt'],
  16: ['UNAUTHENTICATED', 'unauthenticated'],
};

const REASONS: Readonly<Record<StoreErrorCode, string>> = {
  'not-found': 'there is no such secret',
  denied: 'the credentials may not do this, or the state of the secret, of its project or of its key forbids it',
  unauthenticated: 'the credentials are not accepted, or there are none',
  throttled: 'a quota of the project or of the secret is used up for now',
  unavailable: 'the service cannot be reached or cannot work',
  timeout: 'the service did not answer in time',
  conflict: 'the secret changes under every attempt',
  'too-large': 'the service refuses the secret as too large',
  invalid: 'the service refuses the request as malformed',
  'read-only': 'the store is read-only',
  corrupt: 'what the service holds is not what was sent',
  'fence-ahead': 'the stored fence is ahead of the log',
};

/** What a call failed with. `status` is the gRPC code, absent where no call was made. */
export class Failure extends Error {
  constructor(
    readonly status: number | undefined,
    readonly error: CofferError,
  ) {
    super(error.message);
  }

  is(...names: readonly string[]): boolean {
    const name = this.status === undefined ? undefined : STATUSES[this.status]?.[0];
    return name !== undefined && names.includes(name);
  }
}

export const storeError = (code: StoreErrorCode, reason = REASONS[code], details: SafeDetails = {}): CofferError =>
  new CofferError(code, `${STORE}: ${reason}`, { store: STORE, ...details });

/** Maps the error of a call to the service. Nothing of the client's error is kept but the name of its status. */
export const toFailure = (thrown: unknown): Failure => {
  if (thrown instanceof Failure) return thrown;
  if (CofferError.is(thrown)) return new Failure(undefined, thrown);
  const status = propertyOf(thrown, 'code');
  // The client says it by the status that the service has for its quotas.
  if (String(propertyOf(thrown, 'details')).startsWith('Received message larger than max')) {
    return new Failure(
      undefined,
      storeError('unavailable', 'the answer is larger than 64 MiB, so it is not of the service'),
    );
  }
  const known = typeof status === 'number' ? STATUSES[status] : undefined;
  if (known === undefined) return new Failure(undefined, storeError('unavailable'));
  const [name, code] = known;
  return new Failure(Number(status), storeError(code, `${REASONS[code]} (${name})`, { vendorCode: name }));
};

/** Maps an error of the search for credentials or a token: a refusal is `unauthenticated`, trouble on the way `unavailable`. */
export const toCofferError = (thrown: unknown): CofferError => {
  if (CofferError.is(thrown)) return thrown;
  if (propertyOf(thrown, 'cause', 'type') === 'max-size' || propertyOf(thrown, 'type') === 'max-size') {
    return storeError('unavailable', 'what answers for a token is larger than 1 MiB, so it is not one');
  }
  const http = Number(propertyOf(thrown, 'status') ?? propertyOf(thrown, 'response', 'status'));
  const code = propertyOf(thrown, 'code') ?? propertyOf(thrown, 'cause', 'code');
  const onTheWay =
    http >= 500 || http === 429 || (typeof code === 'string' && /^E[A-Z_]+$/.test(code) && code !== 'ENOENT');
  if (onTheWay) return storeError('unavailable', 'no token can be had for now');
  return storeError('unauthenticated', 'there are no credentials, or no token is given for them');
};

/** The work's outcome, or the error of ours that a {@link Failure} carries. */
export const withCofferErrors = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown.error : thrown;
  }
};
