import { propertyOf } from '@coffer/backend-contract';
import {
  CofferError,
  refusesClientCertificate,
  tlsAdvice,
  type SafeDetails,
  type StoreErrorCode,
} from '@coffer/secrets';
import { STORE } from './capabilities.js';
import { connectionCode } from './coded-connection.js';

const REASONS: Readonly<Record<StoreErrorCode, string>> = {
  'not-found': 'there is no such secret',
  denied: 'the cluster refuses this to its user, who needs the privileges read, index and view_index_metadata',
  unauthenticated: 'the cluster does not accept the credentials',
  throttled: 'the cluster refuses more calls for now',
  unavailable: 'the cluster cannot be reached or cannot work',
  timeout: 'the cluster did not answer in time',
  conflict: 'the document of the secret changes under every attempt',
  'too-large': 'the cluster refuses the secret as too large; see http.max_content_length',
  invalid: 'the cluster refuses the document as malformed',
  'read-only': 'the index or the cluster is blocked for writes',
  corrupt: 'the index holds something else than Coffer wrote',
  'fence-ahead': 'the stored fence is ahead of the log',
};

/** HTTP statuses, where the kind of error does not say more. */
const STATUSES: Readonly<Record<number, StoreErrorCode>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'denied',
  408: 'timeout',
  409: 'conflict',
  413: 'too-large',
  429: 'throttled',
  504: 'timeout',
};

/** `error.type`, as Elasticsearch names the exception in snake case. */
const TYPES: Readonly<Record<string, StoreErrorCode>> = {
  index_not_found_exception: 'unavailable',
  index_closed_exception: 'unavailable',
  search_context_missing_exception: 'unavailable',
  search_phase_execution_exception: 'unavailable',
  no_shard_available_action_exception: 'unavailable',
  unavailable_shards_exception: 'unavailable',
  process_cluster_event_timeout_exception: 'timeout',
  master_not_discovered_exception: 'unavailable',
};

/** The client's own errors, by name. */
const CLIENT_ERRORS: Readonly<Record<string, StoreErrorCode>> = { TimeoutError: 'timeout' };

/** What the cluster answered when the client threw; `undefined` where there was no answer. */
export interface Refusal {
  readonly status: number;
  /** `error.type`, when it is an identifier and nothing else. */
  readonly type: string | undefined;
  /** The whole answer. */
  readonly body: unknown;
}

export const refusalOf = (thrown: unknown): Refusal | undefined => {
  const status = propertyOf(thrown, 'name') === 'ResponseError' ? propertyOf(thrown, 'statusCode') : undefined;
  if (typeof status !== 'number') return undefined;
  const body = propertyOf(thrown, 'body');
  const type = propertyOf(body, 'error', 'type');
  return { status, type: typeof type === 'string' && /^[a-z_]{1,60}$/.test(type) ? type : undefined, body };
};

/**
 * https://www.elastic.co/docs/reference/elasticsearch/index-settings/index-block: a block that somebody set answers 403;
 * the one that Elasticsearch sets by itself above the flood-stage watermark, and takes away again, answers 429.
 */
const blockCode = (status: number): StoreErrorCode => (status === 403 ? 'read-only' : 'unavailable');

const codeOf = ({ status, type }: Refusal): StoreErrorCode => {
  if (type === 'cluster_block_exception') return blockCode(status);
  if (status === 401 || status === 403 || status === 429) return STATUSES[status] ?? 'unavailable';
  return TYPES[type ?? ''] ?? STATUSES[status] ?? 'unavailable';
};

const failure = (code: StoreErrorCode, details: SafeDetails, hint = ''): CofferError =>
  new CofferError(code, `${STORE}: ${REASONS[code]}${hint}`, { store: STORE, ...details });

export const timeoutFailure = (): CofferError => failure('timeout', {});
export const conflictFailure = (): CofferError => failure('conflict', {});
export const foreignFailure = (): CofferError => failure('unavailable', {}, ' (what answers is no Elasticsearch)');
export const closedFailure = (): CofferError =>
  new CofferError('unavailable', `${STORE}: the connection is closed`, { store: STORE });

const TLS_SETTINGS = {
  authority: 'coffer.elasticsearch.ca',
  address: 'client.httpHosts',
  certificate: 'coffer.elasticsearch.cert',
};
/** Over TLS 1.3 the client does not learn why a server refuses its certificate, but that the connection was closed. */
const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** No answer. */
const connectionFailure = (vendorCode: string): CofferError => {
  const code = refusesClientCertificate(vendorCode) ? 'unauthenticated' : 'unavailable';
  const closed = `the cluster closed the connection; where it asks for certificates, see ${TLS_SETTINGS.certificate}`;
  const reason = CLOSED.has(vendorCode) ? closed : (tlsAdvice(vendorCode, TLS_SETTINGS) ?? REASONS.unavailable);
  return new CofferError(code, `${STORE}: ${reason} (${vendorCode})`, { store: STORE, vendorCode });
};

/** Our own errors pass; one of the client is replaced by a code and safe identifiers. Never throws. */
export const toCofferError = (thrown: unknown, aborted: boolean): CofferError => {
  if (CofferError.is(thrown)) return thrown;
  if (aborted) return timeoutFailure();
  const refusal = refusalOf(thrown);
  if (refusal === undefined) {
    const name = propertyOf(thrown, 'name');
    if (name === 'ProductNotSupportedError' || name === 'DeserializationError') return foreignFailure();
    if (name === 'RequestAbortedError') return failure('unavailable', {}, ' (the answer is larger than 64 MiB)');
    const vendorCode = connectionCode(thrown);
    if (vendorCode !== undefined) return connectionFailure(vendorCode);
    return failure(CLIENT_ERRORS[String(name)] ?? 'unavailable', {});
  }
  const { status, type } = refusal;
  const hint = type === 'index_not_found_exception' ? ' (the index is missing)' : ` (${type ?? status})`;
  return failure(codeOf(refusal), { status, ...(type === undefined ? {} : { vendorCode: type }) }, hint);
};
