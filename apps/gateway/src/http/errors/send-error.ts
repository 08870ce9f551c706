import { CofferError } from '@coffer/secrets';
import type { ThrottledLogger } from '@coffer/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { rawPathOf } from '../request/raw-path.js';
import { errorAnswerOf, VAULT_TYPE } from './error-answer.js';
import { ERROR_TABLE } from './error-table.js';
import { logFailure } from './log-failure.js';
import { nowhereOf, recognise } from './recognise.js';
import { CSRF_HEADER } from '../request/browser-request.js';
import { pageOriginOf, type PageOrigin } from '../request/page-origin.js';
import { hasUnreadBody, onceRead } from '../request/unread-body.js';

/** Where a page has caused the request, and nobody has typed its address. */
const BY_PAGE: ReadonlySet<PageOrigin> = new Set(['same', 'other']);

const BEARER_CHALLENGE = 'Bearer realm="coffer"';
const CHALLENGES = [BEARER_CHALLENGE, 'Basic realm="coffer", charset="UTF-8"'];
/** Seconds after which trying again makes sense, where the error does not say otherwise. */
const RETRY_AFTER_SECONDS = 1;

/** What a stream says that was to go to a connection which has ended. */
const PREMATURE_CLOSE = 'ERR_STREAM_PREMATURE_CLOSE';

/** Whether the caller has left, within the request or before the answer, and nobody hears the answer. */
const hasLeft = ({ raw }: FastifyRequest, reply: FastifyReply, thrown: unknown): boolean => {
  if (raw.errored !== null && raw.errored === thrown) return true;
  return reply.raw.destroyed && thrown instanceof Error && 'code' in thrown && thrown.code === PREMATURE_CLOSE;
};

/**
 * The only place that answers an error: the path decides the face, the face the shape. What was asked with is recorded
 * first, where the route says so; an error says nothing that would have to stay here without a record.
 */
export const sendError = (
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  logger: Pick<ThrottledLogger, 'log'>,
): void => {
  const path = rawPathOf(request.raw.url ?? '/');
  const recognised = hasLeft(request, reply, thrown)
    ? new CofferError('malformed', 'the caller has left before it was answered')
    : recognise(thrown);
  const error = recognised.code === 'no-such-route' ? new CofferError('no-such-route', nowhereOf(path)) : recognised;
  const { status } = ERROR_TABLE[error.code];
  const route = request.routeOptions?.url;
  if (status >= 500) logFailure(logger, error, thrown, { request: request.id, route, method: request.method });
  if (reply.sent || reply.raw.headersSent) return;
  request.server.audit.failed(request, error, () => answerError(request, reply, error));
};

const answerError = (request: FastifyRequest, reply: FastifyReply, error: CofferError): void => {
  if (reply.sent || reply.raw.headersSent) return;
  const path = rawPathOf(request.raw.url ?? '/');
  const vault = request.server.answersVault === true;
  const methods = request.server.methodsAt?.(path);
  const { method, id: requestId } = request;
  const { status, type, body } = errorAnswerOf(error, { path, vault, requestId, method, methods });
  // RFC 9110: which ones there are.
  if (status === 405) void reply.header('allow', [...(methods ?? [])].join(', '));
  if (status === 401) {
    // At a challenge of Basic a browser asks for a password itself, in front of the page that called, whosever that is.
    const byPage = request.headers[CSRF_HEADER] !== undefined || BY_PAGE.has(pageOriginOf(request));
    void reply.header('www-authenticate', byPage ? BEARER_CHALLENGE : CHALLENGES);
  }
  // RFC 9110: what would be taken.
  if (status === 415) void reply.header('accept-encoding', 'identity');
  if (status === 503 || status === 429) {
    const seconds = error.details['retryAfter'];
    void reply.header('retry-after', String(typeof seconds === 'number' ? Math.ceil(seconds) : RETRY_AFTER_SECONDS));
  }
  void reply.header('cache-control', 'no-store').status(status).type(type);
  if (!hasUnreadBody(request.raw)) {
    // To the type of a text Fastify adds a charset.
    void reply.send(type === VAULT_TYPE ? Buffer.from(JSON.stringify(body)) : body);
    return;
  }
  const text = JSON.stringify(body);
  void reply.header('content-length', Buffer.byteLength(text)).send(onceRead(request.raw, text));
};
