import type { GoogleSecretManagerStore } from '@coffer/config';
import type { Endpoint } from './connection.js';
import type { GoogleSecretManagerOptions } from './open.js';

const endpointOf = (url: string): Endpoint => {
  const { hostname: host, port, protocol } = new URL(url);
  const plaintext = protocol === 'http:';
  return { host, port: Number(port || (plaintext ? 80 : 443)), plaintext };
};

/** What the configuration says, as the adapter takes it. */
export const optionsOf = (store: GoogleSecretManagerStore): GoogleSecretManagerOptions => {
  const { project, serviceAccount, endpointOverride, prefix, readOnly, filterOnTags, excludedTags } = store;
  const byTags = Object.keys(filterOnTags).length + Object.keys(excludedTags).length > 0;
  return {
    prefix,
    // What only reads gets by with the right to access versions, unless tags decide what it sees.
    valuesAlone: readOnly && !byTags,
    ...(endpointOverride === undefined ? {} : { endpoint: endpointOf(endpointOverride) }),
    ...(project === undefined ? {} : { project }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  };
};
