import { createAccessToken, hashAccessToken, PERMISSIONS, type TokenCredential } from '@coffer/access';
import type { KeyRing } from '@coffer/crypto';
import type { DataFolder } from './data-folder/data-folder.js';

/**
 * The token of a data folder, which may do everything. The first start makes it and shows it once; it is shown before
 * its hash is kept, so that no crash leaves a folder whose token nobody has seen.
 */
export const folderToken = (folder: DataFolder, ring: KeyRing, show: (token: string) => void): TokenCredential => {
  let hash = folder.accessTokenHash;
  if (hash === undefined) {
    const token = createAccessToken();
    show(token.reveal());
    hash = hashAccessToken(ring, token);
    folder.accessTokenHash = hash;
  }
  return { id: 'first-start', hash, grants: [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }] };
};
