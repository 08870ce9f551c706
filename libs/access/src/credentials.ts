import type { SecretValue } from '@coffer/secrets';
import type { Grant } from './principal.js';

/** A token of the configuration: everything but the token. */
export interface TokenCredential {
  /** Names the token in audit rows and errors. */
  readonly id: string;
  /** The result of `hashAccessToken`. */
  readonly hash: string;
  readonly grants: readonly Grant[];
}

/** A user of the configuration who logs in with Basic credentials. */
export interface UserCredential {
  readonly username: string;
  /** The result of `hashPassword`. */
  readonly passwordHash: SecretValue;
  readonly grants: readonly Grant[];
}

export interface Credentials {
  readonly tokens: readonly TokenCredential[];
  readonly users: readonly UserCredential[];
}
