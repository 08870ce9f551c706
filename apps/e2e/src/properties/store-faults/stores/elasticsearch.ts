import { elasticsearchHarness } from '@coffer/backend-elasticsearch/testing';
import { HttpProxy, type HttpAnswer } from '@coffer/backend-conformance/faults';
import type { FaultedStore, Judge } from '../faulted-store.js';

const answer = (status: number, type: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' },
  body: JSON.stringify({ error: { root_cause: [{ type, reason: 'failed' }], type, reason: 'failed' }, status }),
});

export const openElasticsearch = async (judge: Judge): Promise<FaultedStore> => {
  const subject = elasticsearchHarness();
  const cluster = await subject.proxy();
  const proxy = await HttpProxy.to(cluster.url, {
    throttled: answer(429, 'es_rejected_execution_exception'),
    serverError: answer(500, 'exception'),
  });
  proxy.set(judge);
  const prefix = subject.indexPrefix();
  const faulted = await subject.openWith({ hosts: [proxy.url] }, prefix);
  const steady = await subject.openWith({}, prefix);
  return {
    faulted,
    steady,
    close: async () => {
      await Promise.all([faulted.close(), steady.close()]);
      await proxy.close();
      await subject.close();
    },
  };
};
