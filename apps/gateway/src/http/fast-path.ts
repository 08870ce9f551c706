import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Principal } from '@coffer/access';
import type { Metrics } from '@coffer/observability';
import { clientCertificateOf } from '@coffer/service';
import type { FastifyInstance } from 'fastify';
import type { AnswerAllowance, AnswerBudget } from './budget/answer-budget.js';
import type { RequestQuota } from './budget/request-quota.js';
import { jsonTypeOf, mustBeDeclared, SHORT_ANSWER_BYTES } from './answer/answer.js';
import { errorAnswerOf } from './errors/error-answer.js';
import { auditUnavailable, type CachedRecord, type RequestAudit } from './hooks/audit-hook.js';
import { DATA_HEADERS } from './hooks/browser-headers.js';
import { authorize, placeOf, type AuthorizedRequest } from './endpoint/authorize.js';
import type { BoundEndpoint } from './endpoint/endpoint.decorator.js';
import type { CachedAnswer } from './endpoint/cached-answer.js';
import { fullPaths, routePattern, type EndpointDefinition } from './endpoint/endpoint.js';
import { PreparedCalls, type PreparedCall } from './endpoint/prepared-calls.js';
import type { RequestAuthenticator } from './hooks/auth-hook.js';
import { namesNobody } from './hooks/shown-certificate.js';
import { Pieces } from './answer/pieces.js';
import { parameterReader } from './endpoint/parameter-reader.js';
import { soleAuthorization, soleVaultAuthorization, vaultNamespaces } from './request/sole-authorization.js';

interface Dependencies {
  readonly authenticator: RequestAuthenticator;
  readonly requests: Pick<RequestQuota, 'tryTake'>;
  readonly metrics: Pick<Metrics, 'httpRequests' | 'watchBudget'>;
  readonly answerBudget: AnswerBudget;
  readonly audit: Pick<RequestAudit, 'cached'>;
}

/** Answers the request, or returns false. */
type Answerer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A prepared call, and what its answers have in common. */
interface FastCall extends PreparedCall {
  readonly record: CachedRecord;
  /** Whether a JSON answer of this call was as the endpoint declares it; the next ones have the same form. */
  isDeclared: boolean;
}

const BROWSER_HEADERS = Object.entries(DATA_HEADERS).flat();
const ACCEPT = 'accept';

/** Request targets of the pattern without query, escapes and origin, which the router need not look at. */
const plainTarget = (pattern: string): RegExp => {
  const parts = pattern.split('/').map((part) => {
    if (part === '*') return '[^?#%]+';
    return part.startsWith(':') ? '[^/?#%]+' : part;
  });
  return new RegExp(`^${parts.join('/')}$`);
};

/** All `Accept` headers, as Node joins them. */
const acceptOf = (rawHeaders: readonly string[]): string => {
  let accept = '';
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length !== ACCEPT.length || name.toLowerCase() !== ACCEPT) continue;
    accept = accept === '' ? (rawHeaders[at + 1] as string) : `${accept}, ${rawHeaders[at + 1]}`;
  }
  return accept;
};

/** `undefined` over the budget, which the route itself will say and count. */
const allowed = (budget: AnswerBudget, response: ServerResponse, bytes: number): AnswerAllowance | undefined => {
  if (!budget.hasRoom(bytes)) return undefined;
  const allowance = budget.open(response);
  try {
    allowance.take(bytes);
    return allowance;
  } catch {
    return undefined;
  }
};

const answererOf = (
  definition: EndpointDefinition,
  cached: NonNullable<BoundEndpoint['cached']>,
  path: string,
  { authenticator, requests, metrics, answerBudget, audit }: Dependencies,
  headerCount: number,
): Answerer => {
  const pattern = routePattern(path);
  const target = plainTarget(pattern);
  const parametersOf = parameterReader(definition, pattern);
  const { method, face } = definition;
  const isVault = face === 'vault';
  const jsonHead = [...BROWSER_HEADERS, 'content-type', jsonTypeOf(face)];
  const authorizationOf = isVault ? soleVaultAuthorization : soleAuthorization;
  const declared = definition.answers[200];
  if (declared === undefined) throw new Error(`${definition.id}: only an answer of status 200 can be cached`);
  const seriesOf = (status: string) => metrics.httpRequests.series({ method, route: pattern, status });
  const series = seriesOf('200');

  const authorized = (request: IncomingMessage, principal: Principal): AuthorizedRequest =>
    authorize(definition, parametersOf(request), principal);
  const calls = new PreparedCalls<FastCall, IncomingMessage>(authorized, (request, principal) => {
    const place = { ...placeOf(authorized(request, principal)), principal };
    const record = { definition, place, tails: new WeakMap() };
    return { place, answer: cached(place as never), record, isDeclared: false };
  });
  metrics.watchBudget(`prepared-calls ${definition.id}`, () => calls.reading);

  const headOf = (call: FastCall, { headers, text }: CachedAnswer): readonly string[] => {
    if ('content-type' in headers) return BROWSER_HEADERS;
    if (!call.isDeclared) mustBeDeclared(declared, text);
    call.isDeclared = true;
    return jsonHead;
  };

  const callerOf = ({ rawHeaders, socket }: IncomingMessage): Principal | undefined => {
    const authorization = authorizationOf(rawHeaders);
    if (authorization !== undefined) return authenticator.known(authorization, socket);
    const certificate = clientCertificateOf(socket);
    if (certificate === undefined || !namesNobody(rawHeaders)) return undefined;
    return authenticator.knownCertificate(certificate, socket.remoteAddress ?? '');
  };

  const nameOf = ({ url = '', rawHeaders }: IncomingMessage): string => {
    const tenant = isVault ? vaultNamespaces(rawHeaders) : undefined;
    return tenant === undefined ? url : `${url} ${tenant}`;
  };

  const find = (request: IncomingMessage, began: number) => {
    const principal = callerOf(request);
    if (principal === undefined) return undefined;
    try {
      const call = calls.of(nameOf(request), request, principal, began);
      const answer = call.answer(declared.textTypes === undefined ? '' : acceptOf(request.rawHeaders));
      return answer && { call, answer, first: headOf(call, answer) };
    } catch {
      // The route itself will say what is wrong.
      return undefined;
    }
  };

  /** In place of an answer whose record was not taken. */
  const refuse = ({ url: asked = '' }: IncomingMessage, response: ServerResponse, began: number): void => {
    const { type, body } = errorAnswerOf(auditUnavailable(), { path: asked, vault: isVault });
    const text = JSON.stringify(body);
    const head = [...BROWSER_HEADERS, 'content-type', type, 'retry-after', '1'];
    response.writeHead(503, [...head, 'cache-control', 'no-store', 'content-length', String(Buffer.byteLength(text))]);
    response.end(text);
    seriesOf('503').observe((performance.now() - began) / 1_000);
  };

  return (request, response) => {
    const { method: asked, url = '', rawHeaders } = request;
    if (asked !== method || rawHeaders.length > 2 * headerCount || !target.test(url)) return false;
    const began = performance.now();
    const found = find(request, began);
    if (found === undefined) return false;
    const { answer, call, first } = found;
    const { headers, text, bytes: length } = answer;
    if (!requests.tryTake(call.place.principal.id, call.place, began)) return false;
    const isShort = length <= SHORT_ANSWER_BYTES;
    const allowance = isShort ? null : allowed(answerBudget, response, length);
    if (allowance === undefined) return false;
    // Until its record was taken it waits, and has no other allowance.
    if (isShort && !answerBudget.reserve(length)) return false;
    audit.cached(request, call.record, answer, (taken) => {
      if (isShort) answerBudget.giveBack(length);
      if (!taken) return refuse(request, response, began);
      const head = first.concat('content-length', String(length));
      for (const name in headers) head.push(name, headers[name] as string);
      response.writeHead(200, head);
      // ASCII is the same in both, and Latin-1 takes no encoding.
      if (allowance === null) response.end(text, length === text.length ? 'latin1' : 'utf8');
      else {
        allowance.begin();
        new Pieces([text]).on('error', () => response.destroy()).pipe(response);
      }
      series.observe((performance.now() - began) / 1_000);
    });
    return true;
  };
};

/**
 * Answers what endpoints have cached before Fastify sees the request, whose hooks take longer than such an answer: plain
 * requests of callers who are known and may have it. Whatever is not answered, refusals too, is the route's to answer,
 * which judges it from the beginning; so is everything once the server closes.
 */
export const answerCached = (
  server: FastifyInstance,
  endpoints: readonly BoundEndpoint[],
  dependencies: Dependencies,
): void => {
  const http = server.server;
  const others = http.listeners('request') as RequestListener[];
  const headerCount = (http.maxHeadersCount ?? 0) - 1;
  const answerers = endpoints.flatMap(({ definition, cached }) =>
    cached === undefined
      ? []
      : fullPaths(definition).map((path) => answererOf(definition, cached, path, dependencies, headerCount)),
  );
  const first = (request: IncomingMessage, response: ServerResponse): void => {
    for (const answer of answerers) if (answer(request, response)) return;
    for (const other of others) other.call(http, request, response);
  };
  http.removeAllListeners('request').on('request', first);
  server.addHook('preClose', (done) => {
    http.off('request', first);
    for (const other of others) http.on('request', other);
    done();
  });
};
