import { CofferError } from '@coffer/secrets';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isPlain, isUtf8 } from './json-body.js';

/** What a body that is a text may be called. */
export const TEXT_TYPES = ['text/plain', 'application/octet-stream'] as const;

const TYPES: ReadonlySet<string> = new Set(TEXT_TYPES);

/** A byte order mark is a part of the text. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** RFC 9110: a body without a type may be taken for one of `application/octet-stream`, and `curl -T` says none. */
const typeOf = (contentType: string = TEXT_TYPES[1]): string =>
  (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

const refusalOf = ({ headers }: FastifyRequest): CofferError | undefined => {
  const contentType = headers['content-type'];
  if (!TYPES.has(typeOf(contentType)) || !isUtf8(contentType ?? '')) {
    return new CofferError(
      'unsupported-media-type',
      `the body must be the text itself in UTF-8: send it as ${TEXT_TYPES.join(' or ')}`,
    );
  }
  // RFC 9110: a part is no value, and `curl --continue-at` sends one.
  if (headers['content-range'] !== undefined) {
    return new CofferError('malformed', 'the body must be the whole value: send all of it, without Content-Range');
  }
  if (isPlain(headers['content-encoding'])) return undefined;
  return new CofferError(
    'unsupported-media-type',
    'the body must not be compressed: send it as it is, without Content-Encoding',
  );
};

/** Has the routes of this scope understand a text in UTF-8 in place of JSON. An empty one is no body. */
export const acceptTextOnly = (scope: FastifyInstance): void => {
  scope.removeAllContentTypeParsers();
  // Before a byte of it is read.
  scope.addHook('preParsing', (request, _reply, payload, done) => {
    const { headers } = request;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    const refusal = hasBody ? refusalOf(request) : undefined;
    if (refusal === undefined) done(null, payload);
    else done(refusal);
  });
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      done(null, bytes.length === 0 ? undefined : UTF8.decode(bytes as Buffer));
    } catch {
      done(new CofferError('malformed', 'the body is not UTF-8; encode what is no text, for example as base64'));
    }
  });
};
