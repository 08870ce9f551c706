import type { Backend } from '@coffer/backend-contract';
import { openGoogleSecretManagerBackend } from '@coffer/backend-google-secret-manager';
import type { GoogleSecretManagerStore } from '@coffer/config';

const endpointOf = (url: string): { host: string; port: number; plaintext: boolean } => {
  const { hostname: host, port, protocol } = new URL(url);
  const plaintext = protocol === 'http:';
  return { host, port: Number(port || (plaintext ? 80 : 443)), plaintext };
};

/** Throws `configuration`. */
export const openGoogleSecretManager = (store: GoogleSecretManagerStore): Backend => {
  const { project, serviceAccount, endpointOverride, prefix, readOnly, filterOnTags, excludedTags } = store;
  const byTags = Object.keys(filterOnTags).length + Object.keys(excludedTags).length > 0;
  return openGoogleSecretManagerBackend({
    prefix,
    // What only reads gets by with the right to access versions, unless tags decide what it sees.
    valuesAlone: readOnly && !byTags,
    ...(endpointOverride === undefined ? {} : { endpoint: endpointOf(endpointOverride) }),
    ...(project === undefined ? {} : { project }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  });
};
