import { azureKeyVaultHarness } from '@coffer/backend-azure-key-vault/testing';
import type { FaultedStore, Judge } from '../faulted-store.js';

const PREFIX = 'faults';
/** Milliseconds; a listing whose answer never comes holds up all that make a secret. */
const PAGE_TIMEOUT_MS = 500;

export const openAzure = async (judge: Judge): Promise<FaultedStore> => {
  const subject = azureKeyVaultHarness();
  const proxy = await subject.proxy();
  proxy.set(judge);
  const faulted = await subject.openWith({
    keyVaultUri: proxy.url,
    prefix: PREFIX,
    listingPageTimeoutMs: PAGE_TIMEOUT_MS,
  });
  const steady = await subject.openWith({ prefix: PREFIX });
  return {
    faulted,
    steady,
    fencesOf: (path) => subject.fencesOf(PREFIX, path),
    close: async () => {
      await Promise.all([faulted.close(), steady.close()]);
      await proxy.close();
      await subject.close();
    },
  };
};
