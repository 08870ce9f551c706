import { createServer, type Server } from 'node:http';
import type { Authenticator } from '@coffer/access';
import type { Configuration } from '@coffer/config';
import type { Metrics } from '@coffer/observability';
import { addressOf, listenOn, portOf } from './listening.js';

export interface HealthOptions {
  readonly metrics: Metrics;
  /** Names what is missing; empty when the service does its work. */
  readonly missing: () => readonly string[];
  readonly authenticator: Authenticator;
  readonly settings: Configuration['server'];
}

const JSON_TYPE = 'application/json';

const healthServer = ({ metrics, missing, authenticator }: HealthOptions): Server =>
  createServer((request, response) => {
    const answer = (status: number, body: string, type = JSON_TYPE): void => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    };
    const figures = async (): Promise<void> => {
      const { authorization } = request.headers;
      const address = request.socket.remoteAddress ?? '';
      try {
        await authenticator.authenticate({ ...(authorization === undefined ? {} : { authorization }), address });
      } catch {
        return answer(401, '{"code":"unauthorized"}');
      }
      answer(200, await metrics.text(), metrics.contentType);
    };
    const readiness = (): void => {
      const lacking = missing();
      const status = lacking.length === 0 ? 'ok' : 'unavailable';
      answer(lacking.length === 0 ? 200 : 503, JSON.stringify({ status, missing: lacking }));
    };
    switch (request.url) {
      case '/health/live':
        return answer(200, '{"status":"ok"}');
      case '/health/ready':
        return readiness();
      case '/metrics':
        return void figures();
      default:
        return answer(404, '{"code":"no-such-route"}');
    }
  });

/** Health and figures of a service that serves nothing else: `/health/live`, `/health/ready`, `/metrics` (with a token). */
export const serveHealth = async (options: HealthOptions): Promise<{ address: string; close(): void }> => {
  const server = healthServer(options);
  server.keepAliveTimeout = options.settings.keepAliveTimeout;
  const { host, port: configured } = options.settings;
  const port = portOf(process.env, configured);
  await listenOn(
    port,
    () => new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve())),
  );
  return { address: addressOf(server), close: () => void server.close() };
};
