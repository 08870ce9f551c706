export type { SealContext } from './envelope.js';
export { KeyRing, MAC_BYTES, type DeriveOptions, type KeySource } from './key-ring.js';
export { lengthPrefixed } from './length-prefixed.js';
export { HMAC_PURPOSES, SEAL_PURPOSES, type HmacPurpose, type SealPurpose } from './purpose.js';
export { MIN_SECRET_LENGTH } from './root-key.js';
