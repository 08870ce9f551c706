import { CofferError, refusesClientCertificate, tlsAdvice, type ErrorCode } from '@coffer/secrets';
import { STORE } from './capabilities.js';
import { at } from './json.js';
import type { VaultAnswer } from './transport.js';

/** What a thrown thing says of itself; its message may quote what was sent. */
const codeOf = (thrown: unknown): string => {
  const codes = [at(thrown, 'code'), at(thrown, 'cause', 'code')];
  return codes.find((code): code is string => typeof code === 'string' && /^[A-Z0-9_/]{1,60}$/.test(code)) ?? '';
};

const LATE: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
/** Names of the TLS settings in the store's section. */
const TLS_SETTINGS = { authority: 'ca', address: 'address', certificate: 'cert' };
/** Over TLS 1.3 the client does not learn why a server refuses its certificate, but that the connection was closed. */
const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export const timeoutError = (): CofferError =>
  new CofferError('timeout', `${STORE}: the store did not answer in time`, { store: STORE });

export const closedError = (): CofferError =>
  new CofferError('unavailable', `${STORE}: the connection is closed`, { store: STORE });

const reasonOf = (vendorCode: string): string => {
  if (vendorCode === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'the answer is larger than 64 MiB';
  if (CLOSED.has(vendorCode)) return 'the server closed the connection; where it asks for certificates, see cert';
  return tlsAdvice(vendorCode, TLS_SETTINGS) ?? 'the server cannot be reached';
};

/** No answer. Our own errors pass; of anything else only its code is kept. */
export const toCofferError = (thrown: unknown, signal: AbortSignal): CofferError => {
  if (CofferError.is(thrown)) return thrown;
  const vendorCode = codeOf(thrown);
  if (signal.aborted || LATE.has(vendorCode)) return timeoutError();
  const details = { store: STORE, ...(vendorCode === '' ? {} : { vendorCode }) };
  const reason = reasonOf(vendorCode);
  const code = refusesClientCertificate(vendorCode) ? 'unauthenticated' : 'unavailable';
  return new CofferError(code, `${STORE}: ${reason}${vendorCode && ` (${vendorCode})`}`, details);
};

/** https://developer.hashicorp.com/vault/api-docs#http-status-codes, and `sys/health` for 472 and 473. */
const STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['invalid', 'the server refuses the request as malformed'],
  401: ['unauthenticated', 'the server asks for other credentials'],
  403: ['denied', 'the policies of the token do not allow this; the documentation of the store names what they must'],
  404: ['configuration', 'there is no KV engine at the root engine’s path'],
  405: ['configuration', 'the engine at the root engine’s path does not answer as a KV engine of version 2'],
  408: ['timeout', 'the server gave the request up'],
  412: ['unavailable', 'the node has not caught up with the active one'],
  429: ['throttled', 'the server refuses more calls for now'],
  472: ['unavailable', 'the node is a standby for disaster recovery and serves nothing'],
  473: ['unavailable', 'the node is a performance standby and does not serve this'],
  502: ['unavailable', 'something behind the server cannot be reached'],
  503: ['unavailable', 'the server is sealed or under maintenance'],
};

const otherStatus = (status: number): readonly [ErrorCode, string] => {
  if (status < 400) return ['unavailable', 'the answer is not one of Vault’s'];
  return status < 500 ? ['invalid', 'the server refuses the request'] : ['unavailable', 'the server cannot work'];
};

const errorsOf = ({ body }: VaultAnswer): readonly string[] => {
  const errors = at(body, 'errors');
  return Array.isArray(errors) ? errors.filter((text) => typeof text === 'string') : [];
};

/** Whether Vault's own words for the answer contain these. They are read here and never passed on. */
export const says = (answer: VaultAnswer, words: string): boolean =>
  errorsOf(answer).some((text) => text.toLowerCase().includes(words));

/** Nothing there, in the words of the engine: an answer of anything else with the same status is not that. */
export const isAbsence = (answer: VaultAnswer): boolean =>
  answer.status === 404 && Array.isArray(at(answer.body, 'errors')) && errorsOf(answer).length === 0;

/** An engine that was just made or mounted anew. */
const isGettingReady = (answer: VaultAnswer): boolean => answer.status === 400 && says(answer, 'upgrading from');

/** Vault words these as its own failure: its limits of JSON since 1.20, and that of an entry of its storage. */
const isTooLarge = (answer: VaultAnswer): boolean =>
  answer.status === 413 || says(answer, 'exceeds allowed') || says(answer, 'value being too large');

/** An answer that is no success. */
export const statusError = (answer: VaultAnswer): CofferError => {
  const { status } = answer;
  const [code, reason] = meaningOf(answer);
  return new CofferError(code, `${STORE}: ${reason} (${status})`, { store: STORE, status });
};

const meaningOf = (answer: VaultAnswer): readonly [ErrorCode, string] => {
  if (isGettingReady(answer)) return ['unavailable', 'the engine is being made ready'];
  if (isTooLarge(answer)) return ['too-large', 'the server refuses the secret as too large'];
  return STATUS[answer.status] ?? otherStatus(answer.status);
};
