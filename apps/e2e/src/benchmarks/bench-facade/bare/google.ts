import { randomUUID } from 'node:crypto';
import { googleSecretManagerHarness } from '@coffer/backend-google-secret-manager/testing';
import { PATH, put, TEXT, type ReadPair } from '../read-pair.js';

const call = { signal: AbortSignal.timeout(60_000) };

export const openGoogle = async (): Promise<ReadPair> => {
  const subject = googleSecretManagerHarness();
  const adapter = await subject.openWith({ prefix: randomUUID() });
  await put(adapter);
  const id = await subject.outside.create(randomUUID(), PATH, TEXT);
  const name = `projects/${subject.project}/secrets/${id}`;
  // The vendor's client with its credentials, as the adapter sets it up.
  const { client, headers } = await subject.raw.call(
    async (vendors, { otherArgs }) => ({ client: vendors, headers: otherArgs.headers }),
    call,
  );
  const options = { timeout: 60_000, retry: null, otherArgs: { headers } };
  return {
    adapter,
    bare: async () => {
      await client.getSecret({ name }, options);
      await client.accessSecretVersion({ name: `${name}/versions/1` }, options);
    },
    close: async () => {
      await adapter.close();
      await subject.close();
    },
  };
};
