import type { z } from 'zod';
import type { AccessConfiguration } from './schema/access.js';
import type { AuditConfiguration } from './schema/audit.js';
import type { CacheSettings } from './schema/cache.js';
import type { ProbeConfiguration } from './schema/probe.js';
import type { plainCofferSettings } from './schema/coffer.js';
import type { Datasource } from './schema/datasource.js';
import type { EncryptionConfiguration } from './schema/encryption.js';
import type { KafkaConfiguration } from './schema/kafka.js';
import type { LimitsConfiguration } from './schema/limits.js';
import type { RedisConfiguration } from './schema/redis.js';
import type { ServerConfiguration } from './schema/server.js';
import type { StoreConfiguration } from './schema/store.js';
import type { VaultApiConfiguration } from './schema/vault-api.js';
import type { WebhookConfiguration } from './schema/webhook.js';

type Plain = z.output<typeof plainCofferSettings>;

/** A store of its own for a tenant, or for a namespace with its children. */
export interface ManagerConfiguration {
  readonly tenant: string;
  /** Defaults to the whole tenant. */
  readonly namespace?: string;
  readonly store: StoreConfiguration;
  /** `undefined` for the default manager. */
  readonly cache?: CacheSettings;
}

/** All settings of Coffer, checked. Durations are milliseconds; secrets print as placeholders. */
export interface Configuration {
  /** Lines for the operator's eyes at start; never an error, never a value. */
  readonly warnings: readonly string[];
  /** The configuration file that was read, absolute, for those who watch it. */
  readonly file?: string;
  /** The default store. Defaults to the embedded database, which only a lone process has. */
  readonly secret?: StoreConfiguration;
  /** `kestra.secret.readOnly`, for the embedded database; stores carry their own. */
  readonly readOnly: boolean;
  readonly cache: CacheSettings & { readonly mode: Plain['cache']['mode'] };
  /** The caches of `kestra.secret` and of the managers that have their own; also where stores are not needed. */
  readonly caches: readonly CacheSettings[];
  /** No two serve the same tenant and namespace. Empty where stores are not needed. */
  readonly managers: readonly ManagerConfiguration[];
  readonly kafka?: KafkaConfiguration;
  readonly redis?: RedisConfiguration;
  readonly probe?: ProbeConfiguration;
  readonly datasource?: Datasource;
  readonly encryption?: EncryptionConfiguration;
  readonly messaging: Plain['messaging'];
  readonly catalogue: Plain['catalogue'];
  readonly server: ServerConfiguration;
  readonly vault: VaultApiConfiguration;
  readonly limits: LimitsConfiguration;
  readonly log: Plain['log'];
  readonly access: AccessConfiguration;
  readonly audit: AuditConfiguration;
  /** Empty where webhooks are not needed. */
  readonly webhooks: readonly WebhookConfiguration[];
}
