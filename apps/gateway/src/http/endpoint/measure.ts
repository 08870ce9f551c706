import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../dependencies.js';
import { routeOf, type Route } from './route.js';

/** What requests for no route are counted under: their paths could be anything. */
const NO_ROUTE = 'none';

type Series = ReturnType<HttpDependencies['metrics']['httpRequests']['series']>;

/** Counts every answer by route, never by path. */
export const measureRequests = (server: FastifyInstance, { metrics }: Pick<HttpDependencies, 'metrics'>): void => {
  const known = new Map<Route, Map<string, Map<number, Series>>>();
  const seriesOf = (route: Route, method: string, status: number): Series => {
    let methods = known.get(route);
    if (methods === undefined) known.set(route, (methods = new Map()));
    let statuses = methods.get(method);
    if (statuses === undefined) methods.set(method, (statuses = new Map()));
    let series = statuses.get(status);
    if (series === undefined) {
      series = metrics.httpRequests.series({ method, route: route.url ?? NO_ROUTE, status: String(status) });
      statuses.set(status, series);
    }
    return series;
  };
  server.addHook('onResponse', (request, reply, done) => {
    seriesOf(routeOf(request), request.method, reply.statusCode).observe(reply.elapsedTime / 1000);
    done();
  });
};
