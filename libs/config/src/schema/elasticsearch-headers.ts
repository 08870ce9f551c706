import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import { singleLine } from '../text-form/single-line.js';

/** RFC 9110, section 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\x20-\x7e]+$/;
/** What the client sets for each request by itself. */
const OWN: readonly string[] = [
  ...['accept', 'content-type', 'content-length', 'content-encoding', 'host', 'connection'],
  ...['transfer-encoding', 'te', 'upgrade', 'expect'],
];
const RULE = 'must be a list of NAME: VALUE';

export interface HttpHeader {
  /** In lower case. */
  readonly name: string;
  readonly value: SecretValue;
}

type Refused = { readonly refused: string };

const headerOf = (given: string): HttpHeader | Refused => {
  const line = singleLine(given);
  const [, name = '', value = ''] = typeof line === 'string' ? (/^([^:]*):(.*)$/s.exec(line) ?? []) : [];
  const [lower, trimmed] = [name.trim().toLowerCase(), value.trim()];
  if (!NAME.test(lower) || !VALUE.test(trimmed)) return { refused: RULE };
  if (OWN.includes(lower)) return { refused: `must not set ${lower}, which the client sets by itself` };
  return { name: lower, value: new SecretValue(trimmed) };
};

/** Kestra's list of `NAME: VALUE`; one text is one header, commas and all. */
const linesOf = (value: unknown): unknown => (typeof value === 'string' ? [value] : value);

/** Sent with every request. Values may be credentials. */
export const httpHeaders = z
  .preprocess(linesOf, z.array(z.string({ error: RULE }), { error: RULE }))
  .transform((lines, context): readonly HttpHeader[] => {
    const headers = lines.map(headerOf);
    const refuse = (message: string, index: number): void =>
      context.addIssue({ code: 'custom', path: [index], message });
    headers.forEach((header, index) => {
      if ('refused' in header) return refuse(header.refused, index);
      const first = headers.findIndex((other) => 'name' in other && other.name === header.name);
      if (first !== index) refuse('sets a header that an entry before it sets', index);
    });
    return headers.filter((header): header is HttpHeader => 'name' in header);
  });
