const FORM = /^[A-Za-z0-9_-]+$/;

/**
 * The bytes of a text in base64url without padding; `undefined` for any text but the one that `toString('base64url')` writes. Node reads
 * several texts as the same bytes, so that a token whose text was revoked could be used in another spelling.
 */
export const bytesOfBase64url = (text: string): Buffer | undefined => {
  if (!FORM.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
};
