import { randomUUID } from 'node:crypto';
import { vaultHarness } from '@coffer/backend-vault-kv2/testing';
import { HttpProxy, type HttpAnswer } from '@coffer/backend-conformance/faults';
import type { FaultedStore, Judge } from '../faulted-store.js';

const answer = (status: number, error: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errors: [error] }),
});

export const openVault = async (judge: Judge): Promise<FaultedStore> => {
  const subject = vaultHarness();
  const { address } = await subject.server();
  await subject.keepAllVersions();
  const proxy = await HttpProxy.to(address, {
    throttled: answer(429, 'request path: rate limit quota exceeded'),
    serverError: answer(500, 'internal error'),
  });
  proxy.set(judge);
  const prefix = randomUUID();
  const faulted = await subject.openWith({ address: proxy.url }, prefix);
  const steady = await subject.openWith({}, prefix);
  return {
    faulted,
    steady,
    fencesOf: (path) => subject.fencesOf(prefix, path),
    close: async () => {
      await Promise.all([faulted.close(), steady.close()]);
      await proxy.close();
      await subject.close();
    },
  };
};
