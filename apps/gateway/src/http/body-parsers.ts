import { CofferError, parseExactJson } from '@coffer/secrets';
import type { FastifyInstance } from 'fastify';
import { routeOf } from './endpoint/route.js';
import { isPlain, isUtf8, parseJsonBody } from './request/json-body.js';

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
      const face = routeOf(request).definition?.face;
      const parse = face === 'vault' ? parseExactJson : undefined;
      done(null, parseJsonBody(bytes as Buffer, { parse, lastNameWins: face === 'kestra' }));
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
