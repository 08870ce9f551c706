import { createSecretKey, type KeyObject } from 'node:crypto';
import { KEY_BYTES } from './aes-gcm.js';
import { hkdf } from './hkdf.js';
import { lengthPrefixed } from './length-prefixed.js';

/** Where a sealed record is kept; `session`: by a browser; `role-token`: by whoever logged in as a role; `fallback`: by `coffer run`. One purpose's records do not open under another. */
export const SEAL_PURPOSES = ['sql', 'es', 'kafka', 'redis', 'session', 'role-token', 'fallback'] as const;
/** What an HMAC is for. */
export const HMAC_PURPOSES = ['audit-hmac', 'fingerprint', 'token-hash', 'redis-key', 'kafka-mac'] as const;

export type SealPurpose = (typeof SEAL_PURPOSES)[number];
export type HmacPurpose = (typeof HMAC_PURPOSES)[number];
export type Purpose = SealPurpose | HmacPurpose;

export type PurposeKeys = Readonly<Record<Purpose, KeyObject>>;

const NO_SALT = new Uint8Array(0);

/** Independent keys of one root, bound to its id: the same secret under two ids gives two unrelated sets. */
export const derivePurposeKeys = (root: KeyObject, keyId: string): PurposeKeys => {
  const derive = (purpose: Purpose): KeyObject => {
    const bytes = hkdf(root, NO_SALT, lengthPrefixed(['coffer/v1/purpose', purpose, keyId]), KEY_BYTES);
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return key;
  };
  return {
    sql: derive('sql'),
    es: derive('es'),
    kafka: derive('kafka'),
    redis: derive('redis'),
    session: derive('session'),
    'role-token': derive('role-token'),
    fallback: derive('fallback'),
    'audit-hmac': derive('audit-hmac'),
    fingerprint: derive('fingerprint'),
    'token-hash': derive('token-hash'),
    'redis-key': derive('redis-key'),
    'kafka-mac': derive('kafka-mac'),
  };
};
