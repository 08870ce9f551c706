import type { Backend } from '@coffer/backend-contract';
import { openGoogleSecretManagerBackend } from '@coffer/backend-google-secret-manager';
import type { GoogleSecretManagerStore } from '@coffer/config';

/** Throws `configuration`. */
export const openGoogleSecretManager = (store: GoogleSecretManagerStore): Backend => {
  const { project, serviceAccount, prefix, readOnly, filterOnTags, excludedTags } = store;
  const byTags = Object.keys(filterOnTags).length + Object.keys(excludedTags).length > 0;
  return openGoogleSecretManagerBackend({
    prefix,
    // What only reads gets by with the right to access versions, unless tags decide what it sees.
    valuesAlone: readOnly && !byTags,
    ...(project === undefined ? {} : { project }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  });
};
