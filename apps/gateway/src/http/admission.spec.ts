import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Metrics } from '@coffer/observability';
import { fastify } from 'fastify';
import { rawRequest } from '../fixture/raw-request.js';
import { openTestApi } from '../fixture/test-api.js';
import { admitRequests } from './admission.js';
import { AdmissionControl } from './budget/admission-control.js';

it('requests beyond those that may be under way are 503 at once; health and metrics are answered', async () => {
  const server = fastify();
  const metrics = new Metrics();
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  server.get('/*', async ({ url }) => {
    if (url === '/slow') {
      asked.resolve();
      await release.promise;
    }
    return url;
  });
  const control = new AdmissionControl({ most: 1, utilization: () => 0 });
  // Not by the load of this process, nor by how long it takes.
  control.adjust = () => undefined;
  admitRequests(server, metrics, control);
  try {
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as AddressInfo;
    const get = (path: string) => rawRequest(port, { method: 'GET', path });
    const underWay = get('/slow');
    await asked.promise;
    const refused = await get('/coffer/v1/main/namespaces/a/values/K');
    const { 'retry-after': retryAfter, 'content-type': type, 'cache-control': cacheControl } = refused.headers;
    expect([refused.status, retryAfter, type, cacheControl]).toEqual([
      503,
      '1',
      'application/problem+json',
      'no-store',
    ]);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'overloaded', status: 503 });
    expect(refused.body).toContain('coffer.limits.requestsInFlight');
    const kestra = await get('/api/v1/main/secrets?size=1');
    expect([kestra.status, JSON.parse(kestra.body)]).toEqual([
      503,
      expect.objectContaining({
        message: expect.stringContaining('Service Unavailable: more requests are under way'),
        _links: { self: { href: '/api/v1/main/secrets' } },
      }),
    ]);
    expect((await get('/healthy')).status).toBe(503);
    for (const path of ['/health/live', '/health/ready?a', '/health', '/metrics']) {
      expect((await get(path)).status).toBe(200);
    }
    const figures = await metrics.text();
    expect(figures).toContain('coffer_budget_refusals_total{budget="requests-in-flight"} 3');
    expect(figures).toMatch(/^coffer_http_requests_in_flight 1$/m);
    expect(figures).toMatch(/^coffer_http_requests_limit 1$/m);
    release.resolve();
    expect((await underWay).status).toBe(200);
    expect((await get('/slow')).status).toBe(200);
  } finally {
    await server.close();
  }
});

it('streams of events that have begun are not under way', async () => {
  const server = fastify();
  const metrics = new Metrics();
  const events = new PassThrough();
  events.write(': nothing yet\n\n');
  server.get('/*', (_request, reply) => reply.type('text/event-stream; charset=utf-8').send(events));
  const control = new AdmissionControl({ most: 1, utilization: () => 0 });
  admitRequests(server, metrics, control);
  try {
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as AddressInfo;
    const asked = request({ port, host: '127.0.0.1', path: '/events', agent: false });
    const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage];
    const underWay = control.underWay;
    asked.destroy();
    expect([answer.statusCode, underWay]).toEqual([200, 0]);
  } finally {
    events.end();
    await server.close();
  }
});

it('every gateway has it', async () => {
  const api = await openTestApi({ budgets: { requestsInFlight: 77 } });
  expect((await api.figures()).get('coffer_http_requests_limit')).toBe(77);
  await api.app.close();
});
