import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import { refuseAddress, showAddress } from '../address/address.js';
import { addressText, parseWholeAddress } from '../address/http-address.js';
import { isForbiddenDestination, isLoopbackHost } from '../address/destination.js';
import type { LoadContext } from '../load-context.js';
import { isText } from '../text-form/key-text.js';
import { Refusal, singleLine } from '../text-form/single-line.js';
import { anyNamespace, anyTenant, distinct } from './grant.js';
import { pemOrFile } from './pem.js';
import { choice, duration, flag, listOf, plainName, secretText, text, wholeNumber } from './scalars.js';

const MAX_WEBHOOKS = 16;
const MIN_SECRET_BYTES = 16;
const EXAMPLE = 'https://receiver.example.com/coffer';

export const WEBHOOK_TYPES = ['change', 'delete'] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];

const receiver = addressText(`an address such as ${EXAMPLE}`, (value) => {
  const address = parseWholeAddress(value, EXAMPLE);
  if (isForbiddenDestination(address.host)) {
    throw refuseAddress(
      'names a link-local, multicast or unspecified address, or another one at which a cloud serves metadata: nothing is sent there',
    );
  }
  return { url: showAddress(address), isSecure: address.scheme === 'https', isLoopback: isLoopbackHost(address.host) };
});

const webhook = z.strictObject({
  id: plainName.describe('Names the webhook in metrics, in logs and in the position that Coffer keeps for it.'),
  url: receiver.describe('Where events are posted to. Redirects are not followed.'),
  allowHttp: flag
    .default(false)
    .describe('Allows an `http:` address that is not of this machine: whoever is on the way can read the events.'),
  tenant: anyTenant.default('main').describe('The tenant whose secrets are told of, or `*` for all.'),
  namespace: anyNamespace.default('*').describe('The namespace whose secrets are told of, or `*` for all.'),
  children: flag.default(true).describe('Whether the namespaces below `namespace` are told of as well.'),
  types: listOf(choice(WEBHOOK_TYPES))
    .refine((all) => all.length > 0, { message: `must name at least one of ${WEBHOOK_TYPES.join(', ')}` })
    .default([...WEBHOOK_TYPES])
    .describe('Which events are told.'),
  secret: secretText
    .optional()
    .describe(
      'Key of the signature, at least 16 bytes: `whsec_` and base64, or any other text as it is, without blanks around.',
    ),
  secretFile: text.optional().describe('The name of a file that holds the key, instead of `secret`.'),
  ca: pemOrFile.optional().describe('PEM of the authorities to trust, or the name of a file that holds it.'),
  timeout: duration
    .refine((milliseconds) => milliseconds <= 60_000, { error: 'must be at most 1m' })
    .default(10_000)
    .describe('How long one attempt may take. At most 1m.'),
  retryFor: duration
    .refine((milliseconds) => milliseconds <= 3_600_000, { error: 'must be at most 1h' })
    .default(300_000)
    .describe('How long an event is tried again before it becomes a dead letter. At most 1h.'),
  concurrency: wholeNumber(1, 64)
    .default(8)
    .describe('Attempts under way at the same time; those of one secret never are.'),
});

/** `coffer.webhooks`: who is notified of changes by HTTP. */
export const webhooks = distinct(webhook, ({ id }) => id, 'has the same id as an entry before it').refine(
  (all) => all.length <= MAX_WEBHOOKS,
  { message: `must not have more than ${MAX_WEBHOOKS} entries` },
);

export interface WebhookConfiguration {
  readonly id: string;
  readonly url: string;
  /** `*` for all. */
  readonly tenant: string;
  /** `*` for all. */
  readonly namespace: string;
  readonly children: boolean;
  readonly types: readonly WebhookType[];
  /** Bytes of the key in base64. */
  readonly secret: SecretValue;
  /** PEM. Defaults to the system's authorities. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly retryForMs: number;
  readonly concurrency: number;
}

const PREFIX = 'whsec_';

/** `undefined` for what is too short, no text, or no base64 behind its prefix. */
const keyOf = (given: string): SecretValue | undefined => {
  const encoded = given.slice(PREFIX.length);
  if (!isText(given)) return undefined;
  if (given.startsWith(PREFIX) && !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const bytes = given.startsWith(PREFIX) ? Buffer.from(encoded, 'base64') : Buffer.from(given);
  return bytes.length < MIN_SECRET_BYTES ? undefined : new SecretValue(bytes.toString('base64'));
};

/** Adds errors. */
const resolveWebhook = (
  { url: address, allowHttp, secret, secretFile, ca, timeout, retryFor, ...rest }: z.output<typeof webhook>,
  index: number,
  context: LoadContext,
): WebhookConfiguration[] => {
  const at = ['coffer', 'webhooks', index] as const;
  const { errors } = context;
  const { url, isSecure, isLoopback } = address;
  if (!isSecure && !isLoopback && !allowHttp) {
    errors.add([...at, 'url'], 'must begin with https: (for http: within a network that you trust set allowHttp)');
  }
  if (ca !== undefined && !isSecure) errors.add([...at, 'ca'], 'has no effect: the url must begin with https: for TLS');
  const authorities = ca === undefined ? undefined : context.readCertificates(ca, [...at, 'ca']);
  if ((secret === undefined) === (secretFile === undefined)) {
    errors.add(
      at,
      `needs exactly one of secret and secretFile; ${secret === undefined ? 'none is' : 'both are'} given`,
    );
    return [];
  }
  const place = secret === undefined ? 'secretFile' : 'secret';
  const text = secret?.reveal() ?? context.readFile(secretFile ?? '', [...at, place]);
  if (text === undefined) return [];
  const line = singleLine(text.trim());
  if (line instanceof Refusal) errors.add([...at, place], line.reason);
  if (line instanceof Refusal) return [];
  const key = keyOf(line);
  if (key === undefined) {
    errors.add(
      [...at, place],
      `must hold ${PREFIX} and base64 of at least ${MIN_SECRET_BYTES} bytes, or a text as long`,
    );
    return [];
  }
  const times = { timeoutMs: timeout, retryForMs: retryFor };
  return [{ ...rest, url, secret: key, ...times, ...(authorities === undefined ? {} : { ca: authorities }) }];
};

/** Adds errors; what it returns is whole only when there are none. */
export const resolveWebhooks = (
  all: z.output<typeof webhooks>,
  context: LoadContext,
): readonly WebhookConfiguration[] => all.flatMap((each, index) => resolveWebhook(each, index, context));
