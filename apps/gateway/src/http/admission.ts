import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { LimitsConfiguration } from '@coffer/config';
import type { Metrics } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';
import type { FastifyInstance } from 'fastify';
import { AdmissionControl } from './budget/admission-control.js';
import { TurnQueue } from './budget/turn-queue.js';
import { errorAnswerOf } from './errors/error-answer.js';
import { DATA_HEADERS } from './hooks/browser-headers.js';
import { rawPathOf } from './request/raw-path.js';

const CHECK_INTERVAL_MS = 100;
/** Requests that are begun in one turn of the event loop while it is busy. */
const PER_TURN = 4;
/** Seconds. */
const RETRY_AFTER = '1';
/** Who asks how the process is has an answer whatever its load. */
const ALWAYS = /^\/(?:health|metrics)(?:[/?]|$)/;
/** Media type of answers that last, and wait for events most of the time. */
const EVENTS = /^text\/event-stream\b/;

const OVERLOADED = new CofferError(
  'overloaded',
  'more requests are under way than this gateway can answer soon (coffer.limits.requestsInFlight, less while its processor is busy); try again when Retry-After is over, or add gateways',
);
const HEAD = [...Object.entries(DATA_HEADERS).flat(), 'retry-after', RETRY_AFTER, 'cache-control', 'no-store'];

/** The share of the time since the last call in which the event loop was not idle. */
const eventLoopUtilization = (): (() => number) => {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
};

const refuse = ({ url = '/' }: IncomingMessage, response: ServerResponse, vault: boolean): void => {
  const { type, body } = errorAnswerOf(OVERLOADED, { path: rawPathOf(url), vault });
  const text = JSON.stringify(body);
  response.writeHead(503, [...HEAD, 'content-type', type, 'content-length', String(Buffer.byteLength(text))]);
  response.end(text);
};

/** Opens the admission control of this process, which refuses requests by how busy its event loop is. */
export const openAdmission = ({ requestsInFlight: most }: Pick<LimitsConfiguration, 'requestsInFlight'>) =>
  new AdmissionControl({ most, utilization: eventLoopUtilization() });

/**
 * Refuses requests beyond those that the process can answer soon, before Fastify sees them: then nothing was decided about
 * them, and no record is made. Must come before `answerCached`, whose answers cost little more than a refusal and are not
 * counted.
 */
export const admitRequests = (
  server: FastifyInstance,
  metrics: Pick<Metrics, 'refusals' | 'onScrape' | 'requestsInFlight' | 'requestsLimit'>,
  control: AdmissionControl,
): void => {
  const http = server.server;
  const others = http.listeners('request') as RequestListener[];
  let timer: NodeJS.Timeout | undefined;

  const adjust = (): void => {
    control.adjust();
    if (!control.isIdle) return;
    clearInterval(timer);
    timer = undefined;
  };

  const queue = new TurnQueue(PER_TURN);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    for (const other of others) other.call(http, request, response);
  };

  http.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!ALWAYS.test(request.url ?? '')) {
      if (!control.admit(response)) {
        metrics.refusals.inc({ budget: 'requests-in-flight' });
        return refuse(request, response, server.answersVault === true);
      }
      timer ??= setInterval(adjust, CHECK_INTERVAL_MS).unref();
      if (control.isReduced) {
        return queue.run(() => {
          if (!response.closed) handle(request, response);
        });
      }
    }
    handle(request, response);
  });
  // Watchers are bounded by a budget of their own, and many of them come back at once when a gateway has ended.
  server.addHook('onSend', (_request, reply, payload, done) => {
    const lasts = payload instanceof Readable && EVENTS.test(String(reply.getHeader('content-type')));
    if (lasts) control.release(reply.raw);
    done(null, payload);
  });
  server.addHook('preClose', (done) => {
    clearInterval(timer);
    done();
  });
  metrics.onScrape.add(() => {
    metrics.requestsInFlight.set(control.underWay);
    metrics.requestsLimit.set(control.limit);
  });
};
