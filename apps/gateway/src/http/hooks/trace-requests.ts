import type { Traces, TraceSpan } from '@coffer/observability';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { routeOf } from '../endpoint/route.js';

/**
 * A span for every request of an endpoint that is not open to all. The request's `traceparent` becomes the span's own,
 * so that whatever the request causes continues it. Must come before the auth hook: a refusal is part of the trace.
 */
export const traceRequests = (server: FastifyInstance, traces: Traces): void => {
  if (!traces.active) return;
  const spans = new WeakMap<FastifyRequest, TraceSpan>();

  server.addHook('onRequest', (request, _reply, done) => {
    const { url: route = '', definition } = routeOf(request);
    if (definition !== undefined && definition.access !== 'open') {
      const { traceparent: parent } = request.headers;
      const span = traces.span(`${request.method} ${route}`, {
        kind: 'server',
        parent: typeof parent === 'string' ? parent : undefined,
        facts: { 'http.request.method': request.method, 'http.route': route },
      });
      request.headers['traceparent'] = span.traceparent;
      spans.set(request, span);
    }
    done();
  });

  server.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    const { tenant, namespace } = request.authorized ?? {};
    span?.add({
      'http.response.status_code': reply.statusCode,
      ...(tenant === undefined ? {} : { 'coffer.tenant': tenant }),
      ...(namespace === undefined ? {} : { 'coffer.namespace': namespace }),
    });
    span?.end(reply.statusCode >= 500 ? 'internal' : undefined);
    done();
  });
};
