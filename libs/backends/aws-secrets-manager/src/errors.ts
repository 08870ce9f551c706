import { CofferError, type ErrorCode } from '@coffer/secrets';
import { STORE } from './capabilities.js';

/**
 * From the service's errors (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html and
 * its neighbours, CommonErrors.html) and those of STS and of the SDK's own providers.
 */
const CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ResourceNotFoundException: ['not-found', 'there is no such secret or version'],
  AccessDeniedException: ['denied', 'the permission is missing'],
  AccessDenied: ['denied', 'the permission is missing'],
  NotAuthorized: ['denied', 'the permission is missing'],
  OptInRequired: ['denied', 'the account may not use the service'],
  DecryptionFailure: ['denied', 'the KMS key of the secret cannot be used to decrypt it'],
  EncryptionFailure: ['denied', 'the KMS key of the secret cannot be used to encrypt it'],
  UnrecognizedClientException: ['unauthenticated', 'the credentials are not known'],
  InvalidClientTokenId: ['unauthenticated', 'the credentials are not known'],
  InvalidSignatureException: ['unauthenticated', 'the credentials are wrong'],
  SignatureDoesNotMatch: ['unauthenticated', 'the credentials are wrong'],
  IncompleteSignature: ['unauthenticated', 'the credentials are wrong'],
  MissingAuthenticationToken: ['unauthenticated', 'the credentials are missing'],
  MissingAuthenticationTokenException: ['unauthenticated', 'the credentials are missing'],
  ExpiredToken: ['unauthenticated', 'the credentials have expired'],
  ExpiredTokenException: ['unauthenticated', 'the credentials have expired'],
  // AssumeRoleWithWebIdentity: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
  InvalidIdentityToken: ['unauthenticated', 'the web identity token is not accepted'],
  InvalidIdentityTokenException: ['unauthenticated', 'the web identity token is not accepted'],
  IDPRejectedClaim: ['unauthenticated', 'the web identity token is not accepted'],
  IDPRejectedClaimException: ['unauthenticated', 'the web identity token is not accepted'],
  RegionDisabledException: ['denied', 'STS is not activated in the region for the account'],
  RequestExpired: ['unauthenticated', 'the request was signed too long ago: see the clocks'],
  CredentialsProviderError: ['unauthenticated', 'no credentials were found'],
  TokenProviderError: ['unauthenticated', 'no credentials were found'],
  ProviderError: ['unauthenticated', 'no credentials were found'],
  ThrottlingException: ['throttled', 'the request rate is too high'],
  Throttling: ['throttled', 'the request rate is too high'],
  ThrottledException: ['throttled', 'the request rate is too high'],
  TooManyRequestsException: ['throttled', 'the request rate is too high'],
  RequestLimitExceeded: ['throttled', 'the request rate is too high'],
  // "The request failed because it would exceed one of the Secrets Manager quotas"
  // (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html): the account's secrets, or
  // the versions of one, of which none younger than 24 hours goes
  // (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html). No repetition within any caller's
  // patience would fare better.
  LimitExceededException: ['denied', 'a quota is used up, of secrets or of versions of one secret in a day'],
  InternalServiceError: ['unavailable', 'the service failed'],
  InternalFailure: ['unavailable', 'the service failed'],
  ServiceUnavailable: ['unavailable', 'the service is unavailable'],
  InvalidParameterException: ['invalid', 'the service refuses a parameter'],
  ValidationException: ['invalid', 'the service refuses a parameter'],
  ValidationError: ['invalid', 'the service refuses a parameter'],
  InvalidRequestException: ['conflict', 'the state of the secret does not allow it'],
  PreconditionNotMetException: ['conflict', 'the state of the secret does not allow it'],
  ResourceExistsException: ['conflict', 'the secret or the version exists already'],
  RequestEntityTooLarge: ['too-large', 'the service refuses the size'],
  AnswerTooLargeError: ['unavailable', 'the answer is larger than 16 MiB, so it is not of the service'],
  TimeoutError: ['timeout', 'the service did not answer in time'],
  AbortError: ['timeout', 'the service did not answer in time'],
};

const BY_STATUS = (status: number): readonly [ErrorCode, string] | undefined => {
  if (status === 429) return ['throttled', 'the request rate is too high'];
  if (status === 401) return ['unauthenticated', 'the credentials are not accepted'];
  if (status === 403) return ['denied', 'the permission is missing'];
  if (status === 413) return ['too-large', 'the service refuses the size'];
  return undefined;
};

const statusOf = (error: object): number => {
  const metadata = (error as { $metadata?: { httpStatusCode?: unknown } }).$metadata;
  return typeof metadata?.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
};

/** The SDK's name for a failure, when it is one of those that we know. */
export const vendorCodeOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name } = error as { name?: unknown };
  const bare = typeof name === 'string' ? name.replace(/^.*#/, '') : '';
  return Object.hasOwn(CODES, bare) ? bare : undefined;
};

/** Keeps nothing of the vendor's error but its name, when it is a known one: messages and bodies may quote requests. */
export const toCofferError = (error: unknown, signal: AbortSignal): CofferError => {
  if (CofferError.is(error)) return error;
  if (signal.aborted) return failure('timeout', 'the service did not answer in time');
  const vendorCode = vendorCodeOf(error);
  if (vendorCode !== undefined) {
    const [code, reason] = CODES[vendorCode] ?? ['unavailable', 'the service failed'];
    return failure(code, reason, vendorCode);
  }
  if (error instanceof Error && error.message === 'Region is missing') {
    return failure('configuration', 'no region: set awsSecretManager.region, AWS_REGION or AWS_DEFAULT_REGION');
  }
  const known = typeof error === 'object' && error !== null ? BY_STATUS(statusOf(error)) : undefined;
  if (known !== undefined) return failure(...known);
  return failure('unavailable', 'the service cannot be reached or failed');
};

/** An answer of another program, a proxy for instance, says nothing of a secret, not even that there is none. */
export const foreignAnswer = (): CofferError =>
  failure(
    'unavailable',
    'what answers is not the service: see awsSecretManager.endpointOverride, and proxies in between',
  );

export const failure = (code: ErrorCode, reason: string, vendorCode?: string): CofferError =>
  new CofferError(code, `${STORE}: ${reason}`, {
    store: STORE,
    ...(vendorCode === undefined ? {} : { vendorCode }),
  });
