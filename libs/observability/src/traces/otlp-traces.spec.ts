import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '../logger.js';
import { openTraces } from './otlp-traces.js';

const VARIABLES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER_ARG'] as const;

describe('openTraces', () => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const open = () => openTraces({ service: 'coffer-test', version: '1', logger });
  let server: Server;
  let requests = 0;
  beforeEach(async () => {
    lines.length = 0;
    requests = 0;
    server = createServer((request, response) => {
      requests++;
      request.resume();
      response.writeHead(400).end('canary-of-the-collector');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    for (const name of VARIABLES) delete process.env[name];
    server.close();
    server.closeAllConnections();
  });

  it('says that a collector refuses spans, without its words, and ends all the same', async () => {
    const traces = await open();
    traces.span('a', { kind: 'server' }).end('internal');
    await traces.close();
    expect(requests).toBe(1);
    expect(lines.join()).toContain('traces are lost');
    expect(lines.join()).not.toContain('canary');
  });

  it('collects the share of new traces that it is told, and refuses what is no share', async () => {
    process.env['OTEL_TRACES_SAMPLER_ARG'] = '0';
    const traces = await open();
    const span = traces.span('a', { kind: 'server' });
    expect(span.traceparent).toMatch(/-00$/);
    expect(
      traces.span('b', { kind: 'client', parent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }).traceparent,
    ).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/);
    span.end();
    await traces.close();
    expect(requests).toBe(0);
    process.env['OTEL_TRACES_SAMPLER_ARG'] = '2';
    await expect(open()).rejects.toMatchObject({ code: 'configuration' });
  });

  it('does nothing, and hands the parent on, without a collector', async () => {
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    const traces = await open();
    expect(traces.active).toBe(false);
    expect(traces.span('a', { kind: 'server', parent: 'whatever' }).traceparent).toBe('whatever');
    expect(traces.span('a', { kind: 'server' }).traceparent).toBeUndefined();
  });
});
