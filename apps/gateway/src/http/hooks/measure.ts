import type { Metrics } from '@coffer/observability';
import type { FastifyInstance } from 'fastify';
import { budgetOf } from '../errors/broken-request.js';
import { routeOf, type Route } from '../endpoint/route.js';

/** What requests for no route are counted under: their paths could be anything. */
const NO_ROUTE = 'none';

type Series = ReturnType<Metrics['httpRequests']['series']>;
/** The series of one route, by method and status. */
type SeriesOfRoute = Map<string, Series>;

/** Counts every answer by route, never by path. */
export const measureRequests = (server: FastifyInstance, metrics: Pick<Metrics, 'httpRequests'>): void => {
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

/** Counts open connections, those that were closed at once because there were too many, and those that were cut. */
export const countConnections = (
  { server }: Pick<FastifyInstance, 'server'>,
  metrics: Pick<Metrics, 'refusals' | 'onScrape' | 'connections'>,
): void => {
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  server.on('drop', () => metrics.refusals.inc({ budget: 'connections' }));
  server.on('clientError', (error) => {
    const budget = budgetOf(error);
    if (budget !== undefined) metrics.refusals.inc({ budget });
  });
  metrics.onScrape.add(() => metrics.connections.set(open));
};
