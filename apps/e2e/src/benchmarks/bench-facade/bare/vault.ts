import { randomUUID } from 'node:crypto';
// eslint-disable-next-line no-restricted-imports -- the bare client is what the facade is measured beside
import { Agent, request } from 'undici';
import { vaultHarness } from '@coffer/backend-vault-kv2/testing';
import { PATH, put, TEXT, type ReadPair } from '../read-pair.js';

export const openVault = async (): Promise<ReadPair> => {
  const subject = vaultHarness();
  const server = await subject.server();
  const adapter = await subject.openWith({}, randomUUID());
  await put(adapter);
  const place = await subject.external?.create(randomUUID(), PATH, TEXT);
  const dispatcher = new Agent();
  const url = `${server.address}/v1/${subject.mount}/data/${place}`;
  const headers = { 'x-vault-token': server.token };
  return {
    adapter,
    bare: async () => {
      const { statusCode, body } = await request(url, { dispatcher, headers });
      await body.json();
      if (statusCode !== 200) throw new Error(`Vault answered ${statusCode}`);
    },
    close: async () => {
      await adapter.close();
      await dispatcher.close();
      await subject.close();
    },
  };
};
