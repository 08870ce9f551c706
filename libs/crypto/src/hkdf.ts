import { hkdfSync, type KeyObject } from 'node:crypto';

/** HKDF-SHA256 (RFC 5869): extract and expand. At most 255 · 32 bytes. */
export const hkdf = (key: KeyObject, salt: Uint8Array, info: string | Uint8Array, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, bytes));
