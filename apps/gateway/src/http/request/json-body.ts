import { CofferError } from '@coffer/secrets';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Whether a content type names no other charset. */
export const isUtf8 = (contentType: string): boolean => {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset);
};

/** An empty body is no body, whatever the content type says. Throws `malformed`, never with a part of the text. */
export const parseJsonBody = (bytes: Uint8Array, parse: (text: string) => unknown = JSON.parse): unknown => {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new CofferError('malformed', 'the body is not UTF-8');
  }
  try {
    return parse(text);
  } catch {
    throw new CofferError('malformed', 'the body is not JSON');
  }
};

/** What comes compressed could be of any size; no client of Kestra's compresses. */
export const isPlain = (encoding: string | undefined): boolean =>
  encoding === undefined || /^\s*(identity\s*)?$/i.test(encoding);
