import { randomUUID } from 'node:crypto';
import { openAwsSecretsManagerBackend } from '@coffer/backend-aws-secrets-manager';
import {
  ATOMIC_PERMISSION,
  NINE_PERMISSIONS,
  ExternalClient,
  ownerKeys,
  PolicyProxy,
  serviceEndpoint,
  serviceRegion,
} from '@coffer/backend-aws-secrets-manager/testing';
import type { FaultedStore, Judge } from '../faulted-store.js';

const openWith =
  (permissions: readonly string[]) =>
  async (judge: Judge): Promise<FaultedStore> => {
    const prefix = randomUUID();
    const outsider = new ExternalClient();
    const [service, straight] = [await PolicyProxy.open(permissions), await PolicyProxy.open(permissions)];
    service.intercept = judge;
    const [faulted, steady] = [service, straight].map(({ redirect }) =>
      openAwsSecretsManagerBackend({
        region: serviceRegion(),
        endpoint: serviceEndpoint(),
        prefix,
        keys: ownerKeys(),
        adjust: redirect,
      }),
    );
    if (faulted === undefined || steady === undefined) throw new Error('there are two services');
    return {
      faulted,
      steady,
      fencesOf: (path) => outsider.fencesOf(prefix, path),
      close: async () => {
        await Promise.all([faulted.close(), steady.close()]);
        await Promise.all([service.close(), straight.close()]);
        outsider.close();
      },
    };
  };

export const openAws = openWith([...NINE_PERMISSIONS, ATOMIC_PERMISSION]);
export const openAwsOfNinePermissions = openWith(NINE_PERMISSIONS);
