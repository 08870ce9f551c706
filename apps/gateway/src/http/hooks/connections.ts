import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../dependencies.js';

/** Counts open connections, and those that were closed at once because there were too many. */
export const countConnections = (
  { server }: Pick<FastifyInstance, 'server'>,
  { metrics }: Pick<HttpDependencies, 'metrics'>,
): void => {
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  server.on('drop', () => metrics.refusals.inc({ budget: 'connections' }));
  metrics.onScrape.add(() => metrics.connections.set(open));
};
