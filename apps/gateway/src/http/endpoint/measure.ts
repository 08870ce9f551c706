import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../dependencies.js';
import { routeOf } from './route.js';

/** What requests for no route are counted under: their paths could be anything. */
const NO_ROUTE = 'none';

/** Counts every answer by route, never by path. */
export const measureRequests = (server: FastifyInstance, { metrics }: Pick<HttpDependencies, 'metrics'>): void => {
  server.addHook('onResponse', (request, reply, done) => {
    metrics.httpRequests.observe(
      {
        method: request.method,
        route: routeOf(request).url ?? NO_ROUTE,
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1000,
    );
    done();
  });
};
