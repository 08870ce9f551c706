import { Readable, finished } from 'node:stream';
import type { FastifyRequest } from 'fastify';

/** Whether a part of the request's body may still be on its way. */
export const hasUnreadBody = ({ complete, headers }: FastifyRequest['raw']): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

/**
 * The text at once, its end once the rest of the request has come and was dropped. A connection that is closed over
 * unread bytes is reset, and a client that sends all of its body before it reads would never see the answer. The
 * limit on the time of a request holds here as well.
 */
export const onceRead = (request: FastifyRequest['raw'], text: string): Readable => {
  const answer = new Readable({ read: () => undefined });
  answer.push(text);
  finished(request, { writable: false }, () => answer.push(null));
  request.resume();
  return answer;
};
