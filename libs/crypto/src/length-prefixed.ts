import { CofferError } from '@coffer/secrets';

/**
 * Joins parts so that no two different lists give the same bytes: the number of parts, then each part behind its
 * length, as unsigned 32-bit big-endian numbers. Texts become UTF-8; throws `invalid` for one with lone surrogates,
 * because two such texts could become the same bytes.
 */
export const lengthPrefixed = (parts: readonly (string | Uint8Array)[]): Buffer => {
  let size = 4;
  for (const part of parts) size += 4 + (typeof part === 'string' ? Buffer.byteLength(part, 'utf8') : part.byteLength);
  const joined = Buffer.allocUnsafe(size);
  let at = joined.writeUInt32BE(parts.length, 0);
  for (const part of parts) {
    const start = at + 4;
    if (typeof part === 'string') {
      if (!part.isWellFormed()) throw new CofferError('invalid', 'a text with lone surrogates cannot be authenticated');
      at = start + joined.write(part, start, 'utf8');
    } else {
      joined.set(part, start);
      at = start + part.byteLength;
    }
    joined.writeUInt32BE(at - start, start - 4);
  }
  return joined;
};
