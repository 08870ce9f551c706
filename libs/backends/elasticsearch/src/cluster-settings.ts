import type { ClientTls } from '@coffer/config';
import type { SecretValue } from '@coffer/secrets';

export type Authentication =
  | { readonly kind: 'basic'; readonly username: string; readonly password: SecretValue }
  | { readonly kind: 'api-key'; readonly apiKey: SecretValue };

/** How the cluster is reached. Without `ca`, the system's authorities are trusted. */
export interface ClusterSettings extends ClientTls {
  /** One URL or more, of nodes of one cluster, without credentials in them; a path is put in front of that of requests. */
  readonly hosts: readonly string[];
  readonly auth?: Authentication;
  /** Sent with every request, by names in lower case. */
  readonly headers?: readonly { readonly name: string; readonly value: SecretValue }[];
  /** Whether any certificate is taken: for development alone. */
  readonly trustAllSsl: boolean;
}
