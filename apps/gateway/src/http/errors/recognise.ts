import { CofferError } from '@coffer/secrets';
import { HttpException } from '@nestjs/common';

const INTERNAL =
  'an unexpected error; the log has it under the id of this request, or of one like it in the minute before';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** What Fastify refuses itself, by its code or, once Nest has wrapped it, by its status. Their texts may quote the request. */
const REFUSALS: Readonly<Record<string, () => CofferError>> = {
  FST_ERR_BAD_URL: () => new CofferError('malformed', 'the path is not percent-encoded UTF-8'),
  FST_ERR_MAX_PARAM_LENGTH: () => new CofferError('invalid', 'a part of the path is too long'),
  400: () => new CofferError('malformed', 'the request is not well formed'),
  404: () => new CofferError('no-such-route', 'there is nothing here; GET /openapi.json describes what there is'),
  413: () => new CofferError('body-too-large', 'the body is over the limit of 4 MiB'),
  415: () => new CofferError('unsupported-media-type', 'the body must be application/json in UTF-8'),
};

const refusalOf = (error: unknown): (() => CofferError) | undefined =>
  error instanceof HttpException ? REFUSALS[String(error.getStatus())] : REFUSALS[codeOf(error) ?? ''];

/** Whatever was thrown, as an error that may be shown. What is not known becomes `internal` and says nothing. */
export const recognise = (error: unknown): CofferError =>
  CofferError.is(error) ? error : (refusalOf(error)?.() ?? new CofferError('internal', INTERNAL));

/** What people and scrapers try in order to get figures, as the last word of a path. */
const FIGURES = /\/(metrics|prometheus)\/?$/i;
/** What people and balancers try in order to learn whether a service is well, as the last words of a path. */
const PROBE =
  /(\/|%2f)[-_]*((elb|lb|server)[-_]?)?(health|healthy|healthz|health[-_]?check|live|livez|liveness|(is[-_]?)?alive|ready|readyz|readiness|startup|startupz|started|status|ping|up|heartbeat|check|probe|monitor(ing)?|ok|actuator)[-_]*(\.[a-z]+)?((\/|%2f).*)?$/i;

/** What is said of a path that leads nowhere: where people who tried it may want to go. */
export const nowhereOf = (path: string): string => {
  if (FIGURES.test(path))
    return 'there is nothing here; figures for Prometheus are at /metrics, for callers with a token';
  if (PROBE.test(path)) {
    return 'there is nothing here; health is at /health/live (the process), /health/ready (reads) and /health/ready/writes';
  }
  if (path.includes('//') || (path.length > 1 && path.endsWith('/'))) {
    return 'there is nothing here: the path has an empty part; give clients the base address without a slash at its end';
  }
  return 'there is nothing here, or not with this method; GET /openapi.json describes what there is';
};
