/** 32 bytes as base64, the form that `openssl rand -base64 32` prints. */
const RAW_KEY = /^[A-Za-z0-9+/]{43}=$/;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** Whether it was read from UTF-8: U+FFFD stands for whatever bytes are none, so that many keys would be the same. */
export const isText = (text: string): boolean => !text.includes('\ufffd');

export const KEY_TEXT =
  'has a line break, or \\n written out, or another control character within, or bytes that are no UTF-8, so that a file and a ' +
  'variable may hold different keys: write it on one line, as `openssl rand -base64 32` does';

/**
 * The secret that a key is made from, the same whether a file or a variable holds it: blanks, line breaks and a byte
 * order mark around it are not part of it, and neither are any within 32 bytes of base64. `undefined` where it is not
 * certain what the secret is.
 */
export const keyText = (text: string): string | undefined => {
  const trimmed = text.replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, '');
  const packed = trimmed.replace(/(\s|\\r|\\n|\u200b)+/g, '');
  if (RAW_KEY.test(packed)) return packed;
  return CONTROL.test(trimmed) || !isText(trimmed) || /\\[rn]$/.test(trimmed) ? undefined : trimmed;
};
