import type { estypes } from '@elastic/elasticsearch';
import { raceAbort, type CallOptions } from '@coffer/backend-contract';
import type { ElasticsearchClient } from './client.js';
import { timeoutFailure, type Refusal } from './errors.js';
import { assertUsable, indexDefinition, type IndexNames } from './index-definition.js';
import { documentOf, type SecretDocument } from './layout.js';

/** How long one attempt to find or make the index may take. */
const PREPARE_TIMEOUT_MS = 15_000;

/** A document as it is now, and where it stands in the order of its shard. */
export interface Found {
  readonly document: SecretDocument;
  readonly position: { readonly if_seq_no: number; readonly if_primary_term: number };
}

const isRefusal = (answer: object): answer is Refusal => 'status' in answer && 'body' in answer;

/** The documents of one index, which is looked at, and made where it is missing, before the first of them is used. */
export class SecretsIndex {
  #usable = false;
  #preparing: Promise<void> | undefined;

  constructor(
    private readonly cluster: ElasticsearchClient,
    private readonly names: IndexNames,
  ) {}

  /** Real-time: also what no refresh has shown to searches yet. */
  async get(id: string, call: CallOptions): Promise<Found | undefined> {
    await this.ready(call);
    const answer = await this.cluster.ask(
      call.signal,
      (client, options) => client.get<unknown>({ index: this.names.index, id, realtime: true }, options),
      // A missing index, and a proxy that knows nothing of either, answer 404 as well.
      ({ status, body }) => status === 404 && (body as { found?: unknown } | null)?.found === false,
    );
    if (isRefusal(answer)) return undefined;
    return {
      document: documentOf(answer._source),
      position: { if_seq_no: answer._seq_no ?? -1, if_primary_term: answer._primary_term ?? -1 },
    };
  }

  /** False when the document is no longer the one that was found. Waits until searches show it, unless `refresh` is false. */
  async putOver(
    id: string,
    document: SecretDocument,
    found: Found | undefined,
    call: CallOptions,
    refresh: 'wait_for' | false = 'wait_for',
  ): Promise<boolean> {
    await this.ready(call);
    const condition = found?.position ?? ({ op_type: 'create' } as const);
    const answer = await this.cluster.ask(
      call.signal,
      (client, options) =>
        client.index(
          { index: this.names.writeAlias, id, document, require_alias: true, refresh, ...condition },
          options,
        ),
      ({ status, type }) => status === 409 && type === 'version_conflict_engine_exception',
    );
    return !isRefusal(answer);
  }

  /** Throws `configuration` for an index that cannot be used, and what the cluster says when it cannot be asked. */
  async ready({ signal }: CallOptions): Promise<void> {
    if (signal.aborted) throw timeoutFailure();
    if (this.#usable) return;
    this.#preparing ??= this.#prepare().finally(() => {
      this.#preparing = undefined;
    });
    await raceAbort(signal, this.#preparing, timeoutFailure);
  }

  async #prepare(): Promise<void> {
    const signal = AbortSignal.timeout(PREPARE_TIMEOUT_MS);
    await this.cluster.refuseOpenSearch(signal);
    let described = await this.#describe(signal);
    if (described === undefined) {
      await this.#create(signal);
      described = await this.#describe(signal);
    }
    assertUsable(described, this.names);
    this.#usable = true;
  }

  async #describe(signal: AbortSignal): Promise<unknown> {
    const { index } = this.names;
    const answer = await this.cluster.ask(
      signal,
      (client, options) => client.indices.get({ index, features: ['aliases', 'mappings'] }, options),
      ({ status, type }) => status === 404 && type === 'index_not_found_exception',
    );
    return isRefusal(answer) ? undefined : answer;
  }

  /** Another process that makes it at the same moment is as good. */
  async #create(signal: AbortSignal): Promise<void> {
    const { index } = this.names;
    const body = indexDefinition(this.names) as unknown as Partial<estypes.IndicesCreateRequest>;
    await this.cluster.ask(
      signal,
      (client, options) => client.indices.create({ ...body, index }, options),
      ({ type }) => type === 'resource_already_exists_exception',
    );
  }
}
