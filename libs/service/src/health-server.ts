import { createServer, type Server } from 'node:http';
import type { Metrics } from '@coffer/observability';

export interface HealthServerOptions {
  readonly metrics: Metrics;
  /** Names what is missing; empty when the service does its work. */
  readonly missing: () => readonly string[];
  /** Throws unless the header belongs to a caller who may see figures. */
  readonly authenticate: (authorization: string | undefined, address: string) => Promise<unknown>;
}

/** Health and figures of a service that serves nothing else: `/health/live`, `/health/ready`, `/metrics` (with a token). */
export const healthServer = ({ metrics, missing, authenticate }: HealthServerOptions): Server =>
  createServer((request, response) => {
    const answer = (status: number, body: string, type = 'application/json'): void => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    };
    const figures = async (): Promise<void> => {
      try {
        await authenticate(request.headers.authorization, request.socket.remoteAddress ?? '');
      } catch {
        return answer(401, '{"code":"unauthorized"}');
      }
      answer(200, await metrics.text(), metrics.contentType);
    };
    switch (request.url) {
      case '/health/live':
        return answer(200, '{"status":"ok"}');
      case '/health/ready': {
        const lacks = missing();
        return answer(
          lacks.length === 0 ? 200 : 503,
          JSON.stringify({ status: lacks.length === 0 ? 'ok' : 'unavailable', missing: lacks }),
        );
      }
      case '/metrics':
        return void figures();
      default:
        return answer(404, '{"code":"no-such-route"}');
    }
  });
