export type { SealContext } from './envelope.js';
export { KeyRing, type DeriveOptions, type KeySource } from './key-ring.js';
export { HMAC_PURPOSES, SEAL_PURPOSES, type HmacPurpose, type SealPurpose } from './purpose.js';
export { MIN_SECRET_LENGTH } from './root-key.js';
