import type { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import { showAddress } from '../address/address.js';
import { addressText, parseWholeAddress } from '../address/http-address.js';
import type { LoadContext } from '../load-context.js';
import { pemOrFile } from './pem.js';
import { byteSize, choice, duration, secretWord, text, word } from './scalars.js';

const MIB = 1_048_576;
const EXAMPLE = 'https://collector:8443/audit';
const SINK_TYPES = ['stdout', 'file', 'kafka', 'http'] as const;

type SinkType = (typeof SINK_TYPES)[number];

/** What a sink of each type must have, and what else it may have. */
const FIELDS: Readonly<
  Record<SinkType, { readonly required: readonly string[]; readonly optional: readonly string[] }>
> = {
  stdout: { required: [], optional: [] },
  file: { required: ['path'], optional: [] },
  kafka: { required: ['topic'], optional: [] },
  http: { required: ['url'], optional: ['token', 'ca'] },
};

const sink = z
  .strictObject({
    type: choice(SINK_TYPES).describe('Where records are written to.'),
    path: text.optional().describe('Of `file`: its name; the process’s working folder is where a relative one begins.'),
    topic: word
      .refine((name) => !/^coffer\.(secret|access)\./.test(name), {
        error: 'must not be a topic of Coffer itself, which begin with coffer.secret. and coffer.access.',
      })
      .optional()
      .describe('Of `kafka`: a topic of the cluster of `kestra.kafka` or `coffer.kafka`; made where there is none.'),
    url: addressText(`an address such as ${EXAMPLE}`, (value) => showAddress(parseWholeAddress(value, EXAMPLE)))
      .optional()
      .describe('Of `http`: where batches of lines (application/x-ndjson) are posted to.'),
    token: secretWord.optional().describe('Of `http`: sent as a bearer token.'),
    ca: pemOrFile
      .optional()
      .describe('Of `http`: PEM of the authorities to trust, or the name of a file that holds it.'),
  })
  .superRefine(({ type, ...fields }, context) => {
    const { required, optional } = FIELDS[type];
    for (const name of required) {
      if (fields[name as keyof typeof fields] === undefined) {
        context.addIssue({ code: 'custom', path: [name], message: `is missing: a sink of type ${type} needs it` });
      }
    }
    for (const name of Object.keys(fields)) {
      if (fields[name as keyof typeof fields] === undefined || required.includes(name) || optional.includes(name))
        continue;
      context.addIssue({ code: 'custom', path: [name], message: `is not of a sink of type ${type}` });
    }
  });

/** `coffer.audit`: where records of who read and changed what are written to. */
export const audit = z.strictObject({
  sinks: z
    .array(sink, { error: 'must be a list' })
    .default([])
    .describe('None: `audit.jsonl` in the data folder of one process, standard output of several.'),
  timeout: duration
    .refine((milliseconds) => milliseconds <= 60_000, { error: 'must be at most 1m' })
    .default(2_000)
    .describe('How long an answer waits until one sink has taken its record; then it is 503. At most 1m.'),
  queue: byteSize.default(16 * MIB).describe('Bytes of records that may wait for each sink.'),
});

export type AuditSinkConfiguration =
  | { readonly type: 'stdout' }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'kafka'; readonly topic: string }
  | { readonly type: 'http'; readonly url: string; readonly token?: SecretValue; readonly ca?: string };

export interface AuditConfiguration {
  /** Empty where none is configured. */
  readonly sinks: readonly AuditSinkConfiguration[];
  readonly timeout: number;
  readonly queue: number;
}

const resolveSink = (
  { type, path = '', topic = '', url = '', token, ca }: z.output<typeof sink>,
  index: number,
  context: LoadContext,
): AuditSinkConfiguration => {
  if (type === 'stdout') return { type };
  if (type === 'file') return { type, path };
  if (type === 'kafka') return { type, topic };
  const at = ['coffer', 'audit', 'sinks', index, 'ca'];
  const authorities = ca === undefined ? undefined : context.readCertificates(ca, at);
  if (ca !== undefined && !url.startsWith('https:')) {
    context.errors.add(at, 'has no effect: the url must begin with https: for TLS');
  }
  return { type, url, ...(token && { token }), ...(authorities === undefined ? {} : { ca: authorities }) };
};

/** Adds errors. */
export const resolveAudit = (
  { sinks, ...settings }: z.output<typeof audit>,
  context: LoadContext,
): AuditConfiguration => ({ ...settings, sinks: sinks.map((each, index) => resolveSink(each, index, context)) });
