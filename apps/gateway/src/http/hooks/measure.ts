import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../dependencies.js';
import { routeOf, type Route } from '../endpoint/route.js';

/** What requests for no route are counted under: their paths could be anything. */
const NO_ROUTE = 'none';

type Series = ReturnType<HttpDependencies['metrics']['httpRequests']['series']>;
/** Of one route, by method and status. */
type SeriesOfRoute = Map<string, Series>;

/** Counts every answer by route, never by path. */
export const measureRequests = (server: FastifyInstance, { metrics }: Pick<HttpDependencies, 'metrics'>): void => {
  const routes = new Map<Route, SeriesOfRoute>();
  const seriesOf = (route: Route, method: string, status: number): Series => {
    let known = routes.get(route);
    if (known === undefined) routes.set(route, (known = new Map<string, Series>()));
    const answer = `${method} ${status}`;
    let series = known.get(answer);
    if (series === undefined) {
      series = metrics.httpRequests.series({ method, route: route.url ?? NO_ROUTE, status: String(status) });
      known.set(answer, series);
    }
    return series;
  };
  server.addHook('onResponse', (request, reply, done) => {
    seriesOf(routeOf(request), request.method, reply.statusCode).observe(reply.elapsedTime / 1000);
    done();
  });
};
