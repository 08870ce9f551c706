import type { Socket } from 'node:net';
import { CofferError, type ErrorCode } from '@coffer/secrets';
import { problemOf } from './error-body.js';
import { STATUS_TITLES } from './error-table.js';

const TOO_LARGE = 'HPE_HEADER_OVERFLOW';
const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

const STATUSES: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  [TOO_LARGE]: [431, 'the request line and headers are too large'],
  [TOO_SLOW]: [408, 'the request did not come in time'],
};

/** Answers what is no HTTP request, or came too slowly, and cuts the connection. Never shows what was sent. */
export const answerBrokenRequest = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const [status, detail] = STATUSES[error.code ?? ''] ?? [400, 'this is not an HTTP request'];
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
