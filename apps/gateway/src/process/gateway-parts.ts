import type { Authenticator } from '@coffer/access';
import type { AuditTrail } from '@coffer/audit';
import type { Stores } from '@coffer/backend-registry';
import type { Timing } from '@coffer/coherence';
import type { Configuration, LimitsConfiguration, VaultApiConfiguration } from '@coffer/config';
import type { KeyRing } from '@coffer/crypto';
import type { MessageSealer, Messaging } from '@coffer/messaging';
import type { Logger, Metrics, Traces } from '@coffer/observability';
import type { CacheParts } from '@coffer/reads';
import type { Clock } from '@coffer/secrets';
import type { AccessWatch, StoreHealth } from '@coffer/service';

/** The part of a registry that a gateway needs. */
export type StoreRegistry = Pick<Stores, 'forNamespace' | 'forTenant' | 'of' | 'all'>;

/** What a process opens before its gateway starts, alone or beside the other roles. */
export interface GatewayParts {
  readonly registry: StoreRegistry;
  readonly health: Pick<StoreHealth, 'down'>;
  readonly messaging: Messaging;
  readonly ring: KeyRing;
  readonly sealer: MessageSealer;
  readonly authenticator: Pick<
    Authenticator,
    | 'authenticate'
    | 'known'
    | 'knownCertificate'
    | 'principalOf'
    | 'givenGrants'
    | 'lastUses'
    | 'clientOf'
    | 'sessions'
    | 'issuerLogins'
    | 'signIn'
    | 'signInMethods'
    | 'logIn'
    | 'logInUser'
    | 'presentedTokens'
  >;
  /** Whoever opened it closes it, after the application. */
  readonly audit: AuditTrail;
  /** Those whose word on the client's address is taken in records. Defaults to none. */
  readonly trustedProxies?: readonly string[];
  /** Where browsers reach the gateway. Defaults to what their requests say. */
  readonly publicUrl?: string | undefined;
  /** Whether tokens and users may have changed without counting yet. Defaults to never. */
  readonly access?: Pick<AccessWatch, 'stale'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Defaults to none. */
  readonly traces?: Traces;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly catalogue: Configuration['catalogue'];
  /** Without it every read asks its store. */
  readonly cache?: CacheParts;
  /** Defaults to none. */
  readonly probe?: Configuration['probe'];
  /** Defaults to none; others need `messaging` with subscriptions. */
  readonly webhooks?: Configuration['webhooks'];
  readonly version: string;
  /** Defaults to those of `coffer.limits`. */
  readonly limits?: LimitsConfiguration;
  /** Defaults to nobody being answered who is a client of Vault. */
  readonly vault?: VaultApiConfiguration;
}
