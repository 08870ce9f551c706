import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Logger, Metrics } from '@coffer/observability';
import { CofferError, systemClock } from '@coffer/secrets';
import { adoptClientCertificate, ThrottledLogger, type ListenerTls } from '@coffer/service';
import type { NestApplicationOptions } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { limitBodyRate } from './budget/body-rate.js';
import { answerBrokenRequest } from './errors/broken-request.js';
import { sendError } from './errors/send-error.js';
import { protectBrowsers } from './hooks/browser-headers.js';
import { acceptJsonOnly, takeVaultBodies } from './body-parsers.js';
import { rememberRoutes } from './endpoint/route.js';
import { DEFAULT_LIMITS, type HttpLimits } from './http-limits.js';
import { ListRequests } from './list-requests.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Absent until the application is initialised. */
    refusals?: Metrics['refusals'];
  }
}

/** How often Node looks for connections that are over their time. */
const CHECK_INTERVAL_MS = 1_000;
/** 256 code points of four bytes each are 3,072 characters when percent-encoded; the kernel says what is too long. */
const MAX_PARAM_LENGTH = 16_384;

/** Node refuses headers beyond its own limit, or drops them without a word, so its limit is one more than is accepted. */
const limitHeaders = (server: FastifyInstance, count: number): void => {
  server.server.maxHeadersCount = count + 1;
  server.addHook('onRequest', (request, _reply, done) => {
    const tooMany = request.raw.rawHeaders.length > 2 * count;
    if (!tooMany) return done();
    server.refusals?.inc({ budget: 'headers' });
    done(new CofferError('malformed', `the request has more than ${count} headers (coffer.limits.headers)`));
  });
};

/** Who sends two means to have this process and a proxy before it take different ones (RFC 9112, 3.2). */
const refuseTwoHosts = (server: FastifyInstance): void => {
  server.addHook('onRequest', ({ raw: { rawHeaders } }, _reply, done) => {
    const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host');
    if (hosts.length < 2) return done();
    done(new CofferError('malformed', 'the request has more than one Host header; send one'));
  });
};

/** A connection with a request in hand when closing began is not kept alive after its answer. */
const leaveNoConnection = (server: FastifyInstance): void => {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
};

/** Handles errors of the listener for as long as the server lives: an error without a handler would end the process. */
const acceptAgain = ({ server }: FastifyInstance, logger: Pick<ThrottledLogger, 'log'>): void => {
  server.on('error', (error) => {
    if (server.listening) logger.log('warn', { error }, 'a connection could not be accepted');
  });
};

/** Endpoints bring schemas of their own; Fastify would load two compilers of JSON Schema, a twentieth of a start, for those that no route has. */
const refuseSchemas = (): never => {
  throw new Error('a route has a schema of Fastify; endpoints declare theirs');
};

/** A server that reads JSON only, answers every error in the API's own shape and cuts slow clients; by plain HTTP without `tls`. */
export const createHttpAdapter = (
  logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>,
  limits: HttpLimits = DEFAULT_LIMITS,
  tls?: ListenerTls,
): FastifyAdapter => {
  const throttled = new ThrottledLogger(logger, systemClock);
  const http = {
    headersTimeout: limits.headers,
    maxHeaderSize: limits.headerBytes,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  };
  const adapter = new FastifyAdapter({
    logger: false,
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    bodyLimit: limits.body,
    requestTimeout: limits.request,
    connectionTimeout: limits.idle,
    keepAliveTimeout: limits.keepAlive,
    ...(tls === undefined ? { http } : { https: { ...http, ...tls.options, handshakeTimeout: limits.headers } }),
    schemaController: { compilersFactory: { buildValidator: refuseSchemas, buildSerializer: refuseSchemas } },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, querystringParser: () => ({}) },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendError(request, reply, error, throttled),
    clientErrorHandler: (error: Error, socket: Socket) => {
      if (!lists.take(error, socket)) answerBrokenRequest(error, socket);
    },
  });
  const server = adapter.getInstance<FastifyInstance>();
  const lists = new ListRequests(server, limits, adoptClientCertificate);
  const listener: unknown = server.server;
  if (listener instanceof TlsServer) tls?.attach(listener);
  server.server.maxConnections = limits.connections;
  acceptAgain(server, throttled);
  limitHeaders(server, limits.headerCount);
  refuseTwoHosts(server);
  limitBodyRate(server, limits.bodyRate, limits.bodyGrace);
  leaveNoConnection(server);
  acceptJsonOnly(server);
  rememberRoutes(server);
  takeVaultBodies(server);
  protectBrowsers(server);
  return adapter;
};

/** What `NestFactory.create` must be given beside the adapter: the body is read after the auth hook, by `acceptJsonOnly`. */
export const HTTP_OPTIONS = { bodyParser: false, abortOnError: false } as const satisfies NestApplicationOptions;
