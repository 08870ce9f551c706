import { CofferError } from '@coffer/secrets';
import type { Configuration } from './configuration.js';
import { EVERYTHING, type Needs } from './needs.js';

/** What processes that share their work by Kafka cannot do without. */
export type DistributedConfiguration = Configuration & Required<Pick<Configuration, 'kafka' | 'encryption'>>;

/**
 * The same configuration, known to suffice for several processes; throws `configuration` with everything that is
 * missing. The embedded database belongs to one process alone, so every JDBC store needs a datasource.
 */
export const requireDistributed = (
  configuration: Configuration,
  { stores }: Needs = EVERYTHING,
): DistributedConfiguration => {
  const { secret, kafka, encryption, managers } = configuration;
  const missing = [
    ...(kafka === undefined ? ['kestra.kafka.client.properties (or coffer.kafka)'] : []),
    ...(encryption === undefined ? ['coffer.encryption.keys, which seal what goes through Kafka and Redis'] : []),
    ...(stores && secret === undefined ? ['kestra.secret.type'] : []),
    ...([secret, ...managers.map(({ store }) => store)].some(
      (store) => store?.type === 'jdbc' && store.datasource === undefined,
    )
      ? ['coffer.datasource.url (or one of datasources)']
      : []),
  ];
  if (kafka !== undefined && encryption !== undefined && missing.length === 0) {
    return { ...configuration, kafka, encryption };
  }
  throw new CofferError('configuration', `configuration: to run distributed, set ${missing.join('; ')}`, { missing });
};
