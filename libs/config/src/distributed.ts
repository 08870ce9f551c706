import { CofferError } from '@coffer/secrets';
import type { Configuration } from './configuration.js';

/** What processes that share their work by Kafka cannot do without. */
export type DistributedConfiguration = Configuration & Required<Pick<Configuration, 'secret' | 'kafka' | 'encryption'>>;

/**
 * The same configuration, known to suffice for several processes; throws `configuration` with everything that is
 * missing. The embedded database belongs to one process alone, so every JDBC store needs a datasource.
 */
export const requireDistributed = (configuration: Configuration): DistributedConfiguration => {
  const { secret, kafka, encryption, managers } = configuration;
  const missing = [
    ...(kafka === undefined ? ['kestra.kafka.client.properties (or coffer.kafka)'] : []),
    ...(encryption === undefined ? ['coffer.encryption.keys, which seal what goes through Kafka and Redis'] : []),
    ...(secret === undefined ? ['kestra.secret.type'] : []),
    ...([secret, ...managers.map(({ store }) => store)].some(
      (store) => store?.type === 'jdbc' && store.datasource === undefined,
    )
      ? ['coffer.datasource.url (or one of datasources)']
      : []),
  ];
  if (secret !== undefined && kafka !== undefined && encryption !== undefined && missing.length === 0) {
    return { ...configuration, secret, kafka, encryption };
  }
  throw new CofferError('configuration', `configuration: to run distributed, set ${missing.join('; ')}`, { missing });
};
