import type { CofferError } from '@coffer/secrets';
import { z } from 'zod';
import { ERROR_TABLE, STATUS_TITLES } from './error-table.js';

/** RFC 9457, with Coffer's stable `code`. */
export const problem = z
  .strictObject({
    type: z.string().meta({ description: 'always about:blank; the code says what is wrong' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'stable; docs/http-errors.md lists them' }),
    operation: z.string().optional().meta({ description: 'the write in question, for GET …/operations/{id}' }),
    instance: z.string().optional().meta({ description: 'the id of the request, as the log has it' }),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 describes it' });

/** Kestra's shape, with the fields of `problem` beside it. */
export const kestraProblem = z
  .strictObject({
    message: z.string().meta({ description: 'the reason, a colon, the detail' }),
    _links: z.strictObject({ self: z.strictObject({ href: z.string() }) }),
    ...problem.shape,
  })
  .meta({ id: 'KestraProblem', description: 'An error, as Kestra answers it' });

export type Problem = z.output<typeof problem>;
export type KestraProblem = z.output<typeof kestraProblem>;

export const problemOf = (error: CofferError, requestId?: string): Problem => {
  const { status } = ERROR_TABLE[error.code];
  const operation = error.details['operation'];
  return {
    type: 'about:blank',
    title: STATUS_TITLES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    ...(typeof operation === 'string' ? { operation } : {}),
    ...(requestId === undefined ? {} : { instance: `urn:uuid:${requestId}` }),
  };
};

/** `href` is the path that was asked for, without its query, which may hold anything. */
export const kestraProblemOf = (error: CofferError, href: string, requestId?: string): KestraProblem => ({
  message: `${ERROR_TABLE[error.code].reason}: ${error.message}`,
  _links: { self: { href } },
  ...problemOf(error, requestId),
});
