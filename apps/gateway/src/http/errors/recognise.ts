import { CofferError } from '@coffer/secrets';
import { NotFoundException } from '@nestjs/common';

const INTERNAL = 'an unexpected error; the log has it under the id of this request';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Fastify's own errors by their code; their texts may quote the request, so they are replaced. */
const FASTIFY: Readonly<Record<string, () => CofferError>> = {
  FST_ERR_BAD_URL: () => new CofferError('malformed', 'the path is not percent-encoded UTF-8'),
  FST_ERR_MAX_PARAM_LENGTH: () => new CofferError('invalid', 'a part of the path is too long'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new CofferError('body-too-large', 'the body is over the limit of 4 MiB'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new CofferError('unsupported-media-type', 'the body must be application/json'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new CofferError('malformed', 'the body is not as long as Content-Length says'),
  FST_ERR_NOT_FOUND: () => new CofferError('no-such-route', 'there is nothing here'),
};

/** Whatever was thrown, as an error that may be shown. What is not known becomes `internal` and says nothing. */
export const recognise = (error: unknown): CofferError => {
  if (CofferError.is(error)) return error;
  const known = FASTIFY[codeOf(error) ?? ''];
  if (known !== undefined) return known();
  if (error instanceof NotFoundException) {
    return new CofferError('no-such-route', 'there is nothing here; GET /openapi.json describes what there is');
  }
  return new CofferError('internal', INTERNAL);
};

/** What of an unexpected error may be logged: its class and where it came from, not its text. */
export const traceOf = (error: unknown): { readonly class: string; readonly frames: readonly string[] } => ({
  class: error instanceof Error ? error.constructor.name : typeof error,
  frames:
    error instanceof Error
      ? (error.stack ?? '')
          .split('\n')
          .filter((line) => /^\s+at /.test(line))
          .map((line) => line.trim())
          .slice(0, 20)
      : [],
});
