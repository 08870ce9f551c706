import { randomUUID } from 'node:crypto';
import { FaultyService, googleSecretManagerHarness } from '@coffer/backend-google-secret-manager/testing';
import type { FaultedStore, Judge } from '../faulted-store.js';

/** Versions that no annotation names are none that anybody sees, so the observer alone counts here. */
export const openGoogle = async (judge: Judge): Promise<FaultedStore> => {
  const subject = googleSecretManagerHarness();
  const service = await FaultyService.before(subject.target.endpoint, judge);
  const prefix = randomUUID();
  const faulted = await subject.openWith({ endpoint: service.endpoint, prefix });
  const steady = await subject.openWith({ prefix });
  return {
    faulted,
    steady,
    close: async () => {
      await Promise.all([faulted.close(), steady.close()]);
      await service.close();
      await subject.close();
    },
  };
};
