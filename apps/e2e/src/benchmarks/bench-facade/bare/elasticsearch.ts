// eslint-disable-next-line no-restricted-imports -- the bare client is what the facade is measured beside
import { Client } from '@elastic/elasticsearch';
import { elasticsearchHarness } from '@coffer/backend-elasticsearch/testing';
import { PATH, put, TEXT, type ReadPair } from '../read-pair.js';

export const openElasticsearch = async (): Promise<ReadPair> => {
  const subject = elasticsearchHarness();
  const { hosts } = await subject.settings();
  const adapter = await subject.openWith({});
  await put(adapter);
  const { username, password } = subject.accounts;
  const client = new Client({ nodes: [...hosts], auth: { username, password }, maxRetries: 0 });
  const index = `${subject.indexPrefix()}bare`;
  const id = 'of the bench';
  const { tenant, namespace, key } = PATH;
  await client.index({ index, id, document: { tenant, namespace, key, fence: '1', deleted: false, value: TEXT } });
  return {
    adapter,
    bare: () => client.get({ index, id, realtime: true }),
    close: async () => {
      await adapter.close();
      await client.close();
      await subject.close();
    },
  };
};
