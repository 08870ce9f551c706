import { CofferError } from '@coffer/secrets';
import type { FastifyInstance } from 'fastify';
import { routeOf } from '../endpoint/route.js';
import { parseExactJson } from './exact-json.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Whether a content type names no other charset. */
export const isUtf8 = (contentType: string): boolean => {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset);
};

/** An empty body is no body, whatever the content type says. Throws `malformed`, never with a part of the text. */
export const parseJsonBody = (bytes: Uint8Array, parse: (text: string) => unknown = JSON.parse): unknown => {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new CofferError('malformed', 'the body is not UTF-8');
  }
  try {
    return parse(text);
  } catch {
    throw new CofferError('malformed', 'the body is not JSON');
  }
};

/** What comes compressed could be of any size; no client of Kestra's compresses. */
export const isPlain = (encoding: string | undefined): boolean =>
  encoding === undefined || /^\s*(identity\s*)?$/i.test(encoding);

/** JSON in UTF-8 is the only body understood; everything else that is not empty is refused. */
export const acceptJsonOnly = (server: FastifyInstance): void => {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    try {
      if (!isUtf8(request.headers['content-type'] ?? '')) {
        throw new CofferError('unsupported-media-type', 'the body must be application/json in UTF-8');
      }
      if (bytes.length > 0 && !isPlain(request.headers['content-encoding'])) {
        throw new CofferError(
          'unsupported-media-type',
          'the body must not be compressed: send it as it is, without Content-Encoding',
        );
      }
      const isVault = routeOf(request).definition?.face === 'vault';
      done(null, parseJsonBody(bytes as Buffer, isVault ? parseExactJson : undefined));
    } catch (error) {
      done(error as Error);
    }
  });
};

/** Vault takes any body for JSON, and several of its clients do not say what theirs is. */
export const takeVaultBodies = (server: FastifyInstance): void => {
  server.addHook('onRequest', (request, _reply, done) => {
    if (routeOf(request).definition?.face === 'vault') request.headers['content-type'] = 'application/json';
    done();
  });
};
