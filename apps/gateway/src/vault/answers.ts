import { isJsonObject, type JsonObject } from '@coffer/secrets';
import { z } from 'zod';
import { isShowable } from '../http/request/validation.js';

/** What Vault says of what it does not know in a body, and of which Coffer takes no notice either; `null` where there is none. */
export const ignoredWarnings = (body: object, { shape }: z.ZodObject): string[] | null => {
  const ignored = Object.keys(body).filter((name) => !Object.hasOwn(shape, name));
  if (ignored.length === 0) return null;
  const shown = ignored.map((name) => (isShowable(name) ? name : '?')).sort();
  return [`Endpoint ignored these unrecognized parameters: [${shown.join(' ')}]`];
};

/** Headers of everything that Vault's clients may read. */
export const NO_STORE = { 'cache-control': 'no-store' } as const;

/** As Go writes a time that is not known. */
const NO_TIME = '0001-01-01T00:00:00Z';

export const timeText = (timeMs: number | undefined): string =>
  timeMs === undefined ? NO_TIME : new Date(timeMs).toISOString();

/** An object whose fields are anything; taken as it is, with the digits of its numbers. */
export const jsonObject = z
  .custom<JsonObject>(isJsonObject, { error: 'must be an object' })
  .meta({ override: { type: 'object', additionalProperties: true } });

const common = {
  request_id: z.string(),
  lease_id: z.literal(''),
  renewable: z.literal(false),
  lease_duration: z.literal(0),
};
const trailing = { wrap_info: z.null(), warnings: z.array(z.string()).nullable() };

/** What Vault puts around the data of an answer. */
export const answered = <D extends z.ZodType>(data: D) =>
  z.strictObject({ ...common, data, ...trailing, auth: z.null(), mount_type: z.string() });

export const answerOf = <D>(requestId: string, data: D, warnings: string[] | null = null, mountType = 'kv') => ({
  request_id: requestId,
  lease_id: '' as const,
  renewable: false as const,
  lease_duration: 0 as const,
  data,
  wrap_info: null,
  warnings,
  auth: null,
  mount_type: mountType,
});

/** What Vault puts around a token that it gives. */
export const loggedIn = z.strictObject({
  ...common,
  data: z.null(),
  ...trailing,
  auth: z.strictObject({
    client_token: z.string(),
    accessor: z.literal(''),
    policies: z.array(z.string()),
    token_policies: z.array(z.string()),
    metadata: z.record(z.string(), z.string()),
    lease_duration: z.int().meta({ description: 'Seconds for which the token counts; 0: for ever.' }),
    renewable: z.literal(false),
    entity_id: z.literal(''),
    token_type: z.literal('service'),
    orphan: z.literal(true),
    mfa_requirement: z.null(),
    num_uses: z.literal(0),
  }),
  mount_type: z.string(),
});
