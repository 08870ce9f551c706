import { sealingKeyOf, type CallOptions, type SealedRecord, type SealedRecords } from '@coffer/backend-contract';
import type { KeyRing } from '@coffer/crypto';
import { CofferError, SecretPath } from '@coffer/secrets';
import { STORE } from './capabilities.js';
import type { ElasticsearchClient } from './client.js';
import { conflictFailure } from './errors.js';
import { documentOf, identityOf } from './layout.js';
import type { SecretsIndex } from './secrets-index.js';

/** Documents with their values in one page. */
const PAGE = 50;
/** Rounds before giving way to whoever else changes the document. */
const MAX_ATTEMPTS = 8;

/** The documents of an index, in the order of their paths. Searches show a change after the index was refreshed. */
export class SealedDocuments implements SealedRecords {
  constructor(
    readonly ring: KeyRing,
    private readonly cluster: ElasticsearchClient,
    private readonly secrets: SecretsIndex,
    private readonly index: string,
  ) {}

  async page(after: string | undefined, call: CallOptions): Promise<readonly SealedRecord[]> {
    await this.secrets.ready(call);
    const answer = await this.cluster.send(call.signal, (client, options) =>
      client.search<unknown>(
        {
          index: this.index,
          query: { term: { deleted: false } },
          size: PAGE,
          sort: [{ tenant: 'asc' }, { namespace: 'asc' }, { key: 'asc' }],
          ...(after === undefined ? {} : { search_after: JSON.parse(after) as string[] }),
          track_total_hits: false,
        },
        options,
      ),
    );
    if (answer.timed_out || answer._shards.failed > 0) {
      throw new CofferError('unavailable', `${STORE}: a shard of the index could not be searched`, { store: STORE });
    }
    return answer.hits.hits.map(({ _source }): SealedRecord => {
      const { tenant, namespace, key, value = '' } = documentOf(_source);
      const path = SecretPath.of(tenant, namespace, key);
      return {
        path,
        cursor: JSON.stringify([tenant, namespace, key]),
        keyId: sealingKeyOf(Buffer.from(value, 'base64')),
        reseal: (options) => this.#reseal(path, options),
      };
    });
  }

  async #reseal(path: SecretPath, call: CallOptions): Promise<void> {
    const id = identityOf(path);
    const context = { purpose: 'es', path } as const;
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const found = await this.secrets.get(id, call);
      if (found?.document.value === undefined) return;
      const sealed = Buffer.from(found.document.value, 'base64');
      if (this.ring.isSealedByActive(sealed)) return;
      const plain = this.ring.open(sealed, context);
      const value = this.ring.seal(plain, context).toString('base64');
      plain.fill(0);
      // Lists show no value, so no search has to show this one.
      if (await this.secrets.putOver(id, { ...found.document, value }, found, call, false)) return;
    }
    throw conflictFailure();
  }
}
