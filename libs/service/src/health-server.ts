import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server as TlsServer } from 'node:tls';
import type { Authenticator, Principal } from '@coffer/access';
import type { Configuration } from '@coffer/config';
import type { Logger, Metrics } from '@coffer/observability';
import { addressOf, listenOn, portOf } from './listening.js';
import { clientCertificateOf } from './tls/client-certificates.js';
import type { ListenerTls } from './tls/listener-tls.js';

export interface HealthOptions {
  readonly metrics: Metrics;
  /**
   * Names what is missing; empty when the service does its work. What begins with `store ` is shown to administrators
   * alone.
   */
  readonly missing: () => readonly string[];
  /** What else an operator should know, by name; the service does its work nevertheless. */
  readonly details?: () => Readonly<Record<string, string>> | undefined;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly settings: Pick<Configuration['server'], 'host' | 'port' | 'keepAliveTimeout'>;
  /** Defaults to plain HTTP. */
  readonly tls?: ListenerTls | undefined;
  /** Logs what could not be shown, and which connection could not be accepted. */
  readonly logger?: Pick<Logger, 'warn' | 'error'>;
  /** Defaults to `HEALTH_LIMITS`. */
  readonly limits?: HealthLimits;
}

/** What one client, and all of them, may take of a process that has other work. */
export interface HealthLimits {
  /** Bounds all headers of a request together. */
  readonly headerBytes: number;
  readonly headerCount: number;
  /** Open connections; a further one is closed at once. */
  readonly connections: number;
  /** Until the headers have come. */
  readonly headersMs: number;
  /** Until the whole request has come. */
  readonly requestMs: number;
  /** How long a connection is kept on which no byte moves while an answer is under way. */
  readonly idleMs: number;
  /** How often connections are looked at that are over their time. */
  readonly checkIntervalMs: number;
}

/** The limits of a listener for probes and scrapers: a few clients with small requests. */
export const HEALTH_LIMITS: HealthLimits = {
  headerBytes: 8_192,
  headerCount: 50,
  connections: 64,
  headersMs: 5_000,
  requestMs: 10_000,
  idleMs: 30_000,
  checkIntervalMs: 1_000,
};

const JSON_TYPE = 'application/json';

const NOWHERE = JSON.stringify({
  code: 'no-such-route',
  detail:
    'there is nothing here; health is at /health/live and /health/ready, without a query, and figures are at /metrics',
});

const administers = (principal: Principal | undefined): boolean =>
  principal?.grants.some(({ permissions }) => permissions.includes('admin')) === true;

/** Which store it is, and why, is for administrators alone. */
const withoutNames = (missing: readonly string[]): readonly string[] => [
  ...new Set(missing.map((text) => (text.startsWith('store ') ? 'a store' : text))),
];

/** No route takes a body, so none is read. */
const bringsBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const listenerOf =
  ({ metrics, missing, details, authenticator, logger }: HealthOptions): RequestListener =>
  (request, response) => {
    const answer = (status: number, body: string, type = JSON_TYPE): void => {
      // With its length, which is known here, and not in chunks.
      response.statusCode = status;
      response.setHeader('Content-Type', type).setHeader('Cache-Control', 'no-store').end(body);
    };
    const caller = async (): Promise<Principal | undefined> => {
      const { authorization, 'x-forwarded-for': forwardedFor, 'sec-fetch-site': site = 'none' } = request.headers;
      const certificate = clientCertificateOf(request.socket);
      if (authorization === undefined && certificate === undefined) return undefined;
      const crossOrigin = site !== 'none' && site !== 'same-origin';
      const attempt = {
        ...(authorization === undefined ? {} : { authorization }),
        ...(certificate && { certificate: { certificate, crossOrigin } }),
        ...(forwardedFor === undefined ? {} : { forwardedFor: String(forwardedFor) }),
        address: request.socket.remoteAddress ?? '',
      };
      return authenticator.authenticate(attempt).catch(() => undefined);
    };
    const figures = async (): Promise<void> => {
      if ((await caller()) === undefined) return answer(401, '{"code":"unauthorized"}');
      answer(200, await metrics.text(), metrics.contentType);
    };
    const readiness = async (): Promise<void> => {
      const lacking = missing();
      const status = lacking.length === 0 ? 'ok' : 'unavailable';
      const shown = lacking.length > 0 && administers(await caller()) ? lacking : withoutNames(lacking);
      const more = details?.() ?? {};
      const body = { status, missing: shown, ...(Object.keys(more).length > 0 && { details: more }) };
      answer(lacking.length === 0 ? 200 : 503, JSON.stringify(body));
    };
    const failed = (err: unknown): void => {
      logger?.error({ err }, 'the health server could not tell what was asked for');
      if (response.headersSent) response.destroy();
      else answer(500, '{"code":"internal"}');
    };
    if (bringsBody(request)) {
      response.setHeader('Connection', 'close');
      return answer(413, '{"code":"body-too-large"}');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD, OPTIONS');
      return request.method === 'OPTIONS' ? answer(204, '') : answer(405, '{"code":"no-such-route"}');
    }
    switch (request.url) {
      case '/health/live':
        return answer(200, '{"status":"ok"}');
      case '/health/ready':
        return void readiness().catch(failed);
      case '/metrics':
        return void figures().catch(failed);
      default:
        return answer(404, NOWHERE);
    }
  };

const healthServer = (options: HealthOptions): Server => {
  const { limits = HEALTH_LIMITS, tls } = options;
  const settings = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: options.settings.keepAliveTimeout,
    connectionsCheckingInterval: limits.checkIntervalMs,
  };
  const server =
    tls === undefined
      ? createServer(settings, listenerOf(options))
      : createTlsServer({ ...settings, ...tls.options, handshakeTimeout: limits.headersMs }, listenerOf(options));
  if (server instanceof TlsServer) tls?.attach(server);
  server.maxHeadersCount = limits.headerCount;
  server.maxConnections = limits.connections;
  server.timeout = limits.idleMs;
  return server;
};

/** Health and figures of a service that serves nothing else: `/health/live`, `/health/ready`, `/metrics` (with a token). */
export const serveHealth = async (options: HealthOptions): Promise<{ address: string; close(): void }> => {
  const server = healthServer(options);
  const { host, port: configured } = options.settings;
  const port = portOf(process.env, configured);
  // For as long as the server lives: an error without a listener ends the process.
  server.on('error', (err) => {
    if (server.listening) options.logger?.warn({ err }, 'a connection could not be accepted');
  });
  await listenOn(
    { host, port },
    (address) =>
      new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, () => resolve())),
  );
  return { address: addressOf(server), close: () => void server.close() };
};
