import { randomUUID } from 'node:crypto';
import { azureKeyVaultHarness } from '@coffer/backend-azure-key-vault/testing';
import { PATH, put, TEXT, type ReadPair } from '../read-pair.js';

export const openAzure = async (): Promise<ReadPair> => {
  const subject = azureKeyVaultHarness();
  const adapter = await subject.openWith({ prefix: randomUUID() });
  await put(adapter);
  const client = await subject.client();
  const name = await subject.external.create(randomUUID(), PATH, TEXT);
  return {
    adapter,
    bare: () => client.getSecret(name),
    close: async () => {
      await adapter.close();
      await subject.close();
    },
  };
};
