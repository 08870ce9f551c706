import type { estypes } from '@elastic/elasticsearch';
import type { CallOptions, ListScope, SecretEntry } from '@coffer/backend-contract';
import { CofferError, SecretPath } from '@coffer/secrets';
import type { ElasticsearchClient } from './client.js';
import { STORE } from './capabilities.js';
import { describedBy, documentOf } from './layout.js';

/** Entries in one page. */
const PAGE = 500;
/** How long the cluster keeps what a listing looks at, from one page to the next. */
const KEEP_ALIVE = '2m';
const CLOSE_TIMEOUT_MS = 5_000;

const queryOf = ({ tenant, namespace }: ListScope): estypes.QueryDslQueryContainer => ({
  bool: {
    filter: [
      { term: { deleted: false } },
      { term: { tenant } },
      ...(namespace === undefined ? [] : [{ term: { namespace } }]),
    ],
  },
});

const entryOf = (hit: estypes.SearchHit<unknown>): SecretEntry => {
  const document = documentOf(hit._source);
  return {
    path: SecretPath.of(document.tenant, document.namespace, document.key),
    ...describedBy(document),
  };
};

/**
 * One search a page over a point in time, the first page with the request that opens it: what is written meanwhile is
 * neither missed nor shown twice. Leaving it, and its end, give the point in time back.
 */
export async function* pagesOf(
  cluster: ElasticsearchClient,
  index: string,
  scope: ListScope,
  { signal }: CallOptions,
): AsyncGenerator<readonly SecretEntry[]> {
  const opened = await cluster.send(signal, (client, options) =>
    client.openPointInTime({ index, keep_alive: KEEP_ALIVE }, options),
  );
  let id = opened.id;
  try {
    let after: estypes.SortResults | undefined;
    do {
      const answer = await cluster.send(signal, (client, options) =>
        client.search<unknown>(
          {
            pit: { id, keep_alive: KEEP_ALIVE },
            query: queryOf(scope),
            size: PAGE,
            sort: [{ namespace: 'asc' }, { key: 'asc' }],
            ...(after === undefined ? {} : { search_after: after }),
            _source: { excludes: ['value'] },
            track_total_hits: false,
          },
          options,
        ),
      );
      id = answer.pit_id ?? id;
      // A search answers 200 with what it has when a shard fails or the time is up.
      if (answer.timed_out || answer._shards.failed > 0) {
        throw new CofferError('unavailable', `${STORE}: a shard of the index could not be searched`, { store: STORE });
      }
      const { hits } = answer.hits;
      after = hits.length < PAGE ? undefined : hits.at(-1)?.sort;
      if (hits.length > 0) yield hits.map(entryOf);
    } while (after !== undefined);
  } finally {
    // Not awaited: the cluster drops it by itself in time.
    void cluster
      .send(AbortSignal.timeout(CLOSE_TIMEOUT_MS), (client, options) => client.closePointInTime({ id }, options))
      .catch(() => undefined);
  }
}
