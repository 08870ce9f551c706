import type { ResolvedSecret } from '@coffer/reads';
import type { CachedAnswer } from '../http/endpoint/cached-answer.js';
import type { Answer } from '../http/endpoint/endpoint.js';
import { preferredType } from '../http/request/accept.js';
import { isUnmodified, textTagOf } from '../http/request/entity-tags.js';
import { TEXT_TYPES } from '../http/request/text-body.js';
import type { resolveSecret } from './values.endpoints.js';
import type { GivenValues } from './given-values.js';
import { auditedOf, bodyOf, etagOf, headersOf } from './resolved.js';

export type OneAnswer = Answer<typeof resolveSecret>;

const FORMS = ['application/json', ...TEXT_TYPES] as const;
export type Form = (typeof FORMS)[number];

const CONTENT_TYPES = { 'text/plain': 'text/plain; charset=utf-8', 'application/octet-stream': TEXT_TYPES[1] } as const;

/** What the caller is given: JSON, unless the `Accept` header wants the value alone more. */
export const formOf = (accept: string): Form => preferredType(accept, FORMS);

/** None for the value itself. */
export const subkeyOf = (subkey: string | undefined) => (subkey === undefined || subkey === '' ? {} : { subkey });

export const tagOf = (found: ResolvedSecret, asked: string, form: Form): string => {
  const etag = etagOf(found, asked);
  return form === 'application/json' ? etag : textTagOf(etag);
};

const headersFor = (found: ResolvedSecret, etag: string) => ({ ...headersOf(found.cacheStatus), etag, vary: 'accept' });

/** The answer to who has asked the namespace for what was found. */
export const answerOf = (found: ResolvedSecret, asked: string, form: Form): OneAnswer => {
  const headers = headersFor(found, tagOf(found, asked, form));
  const answer = { status: 200, audited: [auditedOf(found)] } as const;
  if (form === 'application/json') return { ...answer, headers, body: bodyOf(found) };
  return { ...answer, headers: { ...headers, 'content-type': CONTENT_TYPES[form] }, body: found.value.reveal() };
};

/** Makes what `answerOf` makes, of what is in memory, for one who asks the namespace again and again. */
export class CachedAnswers {
  #latest: { readonly version: string; readonly namespace: string; readonly etag: string } | undefined;

  constructor(
    private readonly asked: string,
    private readonly given: GivenValues,
  ) {}

  of(found: ResolvedSecret, form: Form): CachedAnswer {
    if (form !== 'application/json') {
      const headers = { ...headersFor(found, tagOf(found, this.asked, form)), 'content-type': CONTENT_TYPES[form] };
      return { headers, audited: [auditedOf(found)], text: found.value.reveal(), bytes: found.value.byteLength };
    }
    const { audited, text, bytes } = this.given.of(found);
    return { headers: headersFor(found, this.#etagOf(found)), audited: [audited], text, bytes };
  }

  #etagOf(found: ResolvedSecret): string {
    const { version, path } = found;
    let latest = this.#latest;
    if (latest?.version !== version || latest.namespace !== path.namespace) {
      latest = { version, namespace: path.namespace, etag: etagOf(found, this.asked) };
      this.#latest = latest;
    }
    return latest.etag;
  }
}

/** 304 tells that a version is current, and records no value. */
export const unmodified = (found: ResolvedSecret, asked: string, form: Form): OneAnswer => ({
  status: 304,
  headers: headersFor(found, tagOf(found, asked, form)),
  audited: [{ foundIn: found.path.namespace, version: found.version }],
  body: undefined,
});

/** As `answerOf`, or as `unmodified` where the header says that the caller has it. Throws `invalid`. */
export const unlessUnmodified = (
  ifNoneMatch: string | undefined,
  found: ResolvedSecret,
  asked: string,
  form: Form,
): OneAnswer =>
  isUnmodified(ifNoneMatch, tagOf(found, asked, form)) ? unmodified(found, asked, form) : answerOf(found, asked, form);
