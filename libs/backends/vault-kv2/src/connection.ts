import type { ClientTls } from '@coffer/config';
import type { SecretValue } from '@coffer/secrets';

/** How a token is had. Paths are those of the login methods below `auth/`. */
export type VaultLogin =
  | { readonly method: 'token'; readonly token: SecretValue }
  | { readonly method: 'userpass'; readonly user: string; readonly password: SecretValue }
  | { readonly method: 'approle'; readonly path: string; readonly roleId: string; readonly secretId: SecretValue }
  | {
      readonly method: 'kubernetes';
      readonly path: string;
      readonly role: string;
      /** Read at every login, for the cluster replaces it; default: where Kubernetes puts a pod's own. */
      readonly tokenFile?: string;
    };

/** Without `ca`, Node's own authorities are trusted. */
export interface VaultConnection extends ClientTls {
  /** http or https, perhaps with a path in front of Vault's own `/v1/`. */
  readonly address: string;
  readonly login: VaultLogin;
  /** Namespace of Vault Enterprise or OpenBao; sent with every call, those that log in among them. */
  readonly namespace?: string;
  /** Time until a connection is there; default 15,000. */
  readonly connectTimeoutMs?: number;
  /** Time without a byte of the answer; default 60,000. */
  readonly readTimeoutMs?: number;
}
