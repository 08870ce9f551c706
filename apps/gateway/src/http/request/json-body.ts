import { CofferError, readJson } from '@coffer/secrets';
import { duplicateName } from './duplicate-name.js';
import { isShowable } from './validation.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Whether a content type names no other charset, though it may name one several times. */
export const isUtf8 = (contentType: string): boolean => {
  const named = [...contentType.matchAll(/;\s*charset\s*=\s*"?([^";\s]+)/gi)];
  return named.every(([, charset = '']) => /^utf-?8$/i.test(charset));
};

interface JsonReading {
  /** Parses the text. Defaults to `readJson`. */
  readonly parse?: ((text: string) => unknown) | undefined;
  /** Whether the last counts of a name that an object has twice, as Jackson has it, and so Kestra. Defaults to refusing it. */
  readonly lastNameWins?: boolean;
}

const refuseDuplicates = (text: string): void => {
  const name = duplicateName(text);
  if (name === undefined) return;
  const shown = isShowable(name) ? `'${name}'` : 'whose name is not shown';
  throw new CofferError('malformed', `duplicate key ${shown} in an object of the body: each may be there once`);
};

/**
 * An empty body is no body, whatever the content type says. Throws `malformed`, with no part of the text but a name that looks like
 * that of a field.
 */
export const parseJsonBody = (
  bytes: Uint8Array,
  { parse = readJson, lastNameWins = false }: JsonReading = {},
): unknown => {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new CofferError('malformed', 'the body is not UTF-8');
  }
  let body: unknown;
  try {
    body = parse(text);
  } catch {
    throw new CofferError('malformed', 'the body is not JSON');
  }
  if (!lastNameWins) refuseDuplicates(text);
  return body;
};

/** What comes compressed could be of any size; no client of Kestra's compresses. */
export const isPlain = (encoding: string | undefined): boolean =>
  encoding === undefined || /^\s*(identity\s*)?$/i.test(encoding);
