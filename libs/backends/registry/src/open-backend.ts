import type { Backend } from '@coffer/backend-contract';
import type { EmbeddedDatabase } from '@coffer/backend-jdbc';
import type { StoreConfiguration, StoreType } from '@coffer/config';
import { CofferError } from '@coffer/secrets';

type SettingsOf<Type extends StoreType> = Extract<StoreConfiguration, { readonly type: Type }>;
type Adapters = {
  readonly [Type in StoreType]: (
    settings: SettingsOf<Type>,
    embedded: EmbeddedDatabase | undefined,
  ) => Promise<Backend>;
};

/** The adapter of each type; its package and the vendor's client are loaded when a store of the type is opened. */
const ADAPTERS: Adapters = {
  jdbc: async (settings, embedded) => (await import('@coffer/backend-jdbc')).open(settings, embedded),
  vault: async (settings) => (await import('@coffer/backend-vault-kv2')).open(settings),
  elasticsearch: async (settings) => (await import('@coffer/backend-elasticsearch')).open(settings),
  'aws-secret-manager': async (settings) => (await import('@coffer/backend-aws-secrets-manager')).open(settings),
  'azure-key-vault': async (settings) => (await import('@coffer/backend-azure-key-vault')).open(settings),
  'google-secret-manager': async (settings) => (await import('@coffer/backend-google-secret-manager')).open(settings),
};

/** Connects to nothing yet, but asks Elasticsearch whether it is one. Throws `configuration`. */
export const openBackend = (settings: StoreConfiguration, embedded: EmbeddedDatabase | undefined): Promise<Backend> => {
  const open = ADAPTERS[settings.type] as (
    settings: StoreConfiguration,
    embedded: EmbeddedDatabase | undefined,
  ) => Promise<Backend>;
  return open(settings, embedded);
};

/** The store of a process that has no `kestra.secret`. Throws `configuration` where there is no such database. */
export const openDefaultBackend = async (embedded: EmbeddedDatabase | undefined): Promise<Backend> => {
  if (embedded === undefined) {
    throw new CofferError('configuration', 'kestra.secret.type is missing: it names the store that holds the secrets');
  }
  return (await import('@coffer/backend-jdbc')).openEmbedded(embedded);
};
