import type { Socket } from 'node:net';
import { CofferError, type ErrorCode } from '@coffer/secrets';
import { problemOf } from './error-body.js';
import { STATUS_TITLES } from './error-table.js';

/** Codes of errors: the first two are Node's. It has one for headers that are too large and for too many. */
const TOO_LARGE = 'HPE_HEADER_OVERFLOW';
const TOO_LATE = 'ERR_HTTP_REQUEST_TIMEOUT';
const TOO_SLOW = 'COFFER_BODY_TOO_SLOW';

interface Meaning {
  readonly status: number;
  readonly detail: string;
  /** What the refusal counts as. */
  readonly budget: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  [TOO_LARGE]: {
    status: 431,
    detail:
      'the request line and headers are too large (coffer.limits.headerSize), or there are too many headers (coffer.limits.headers)',
    budget: 'header-size',
  },
  [TOO_LATE]: {
    status: 408,
    detail: 'the request did not come in time (coffer.limits.headersTimeout, coffer.limits.requestTimeout)',
    budget: 'request-time',
  },
  [TOO_SLOW]: {
    status: 408,
    detail: 'the body of the request came too slowly (coffer.limits.bodyRate)',
    budget: 'body-rate',
  },
};

type RequestError = Error & { readonly code?: string };

export const bodyTooSlow = (): RequestError => Object.assign(new Error(TOO_SLOW), { code: TOO_SLOW });

/** The budget that such a request is over. */
export const budgetOf = ({ code }: RequestError): string | undefined => MEANINGS[code ?? '']?.budget;

/** Answers what is no HTTP request, or came too slowly, and cuts the connection. Never shows what was sent. */
export const answerBrokenRequest = (error: RequestError, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const { status, detail } = MEANINGS[error.code ?? ''] ?? { status: 400, detail: 'this is not an HTTP request' };
    const code: ErrorCode = 'malformed';
    const title = STATUS_TITLES[status] ?? 'Bad Request';
    const body = JSON.stringify({ ...problemOf(new CofferError(code, detail)), status, title });
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
};
