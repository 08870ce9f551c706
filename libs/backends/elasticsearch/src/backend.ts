import type {
  ApplyOptions,
  Backend,
  CallOptions,
  ListScope,
  SecretEntry,
  StoredSecret,
  StoreMutation,
} from '@coffer/backend-contract';
import type { KeyRing } from '@coffer/crypto';
import {
  applyPatch,
  CofferError,
  SecretValue,
  type Fence,
  type MetadataPatch,
  type Mutation,
  type Outcome,
  type SecretPath,
} from '@coffer/secrets';
import { CAPABILITIES } from './capabilities.js';
import type { ElasticsearchClient } from './client.js';
import { conflictFailure } from './errors.js';
import { pagesOf } from './listing.js';
import {
  documentOf,
  fenceOf,
  identityOf,
  metadataOf,
  secretDocument,
  tombstone,
  type SecretDocument,
} from './layout.js';
import { SealedDocuments } from './sealed-documents.js';
import type { Found, SecretsIndex } from './secrets-index.js';

/** Rounds before giving way to whoever else changes the document. */
const MAX_ATTEMPTS = 8;
/** The id of no secret: those are 43 characters long. */
const NO_ID = 'check';

const absent = (): CofferError => new CofferError('not-found', 'there is no such secret');

/**
 * Secrets as documents of one index, the value sealed. The version of a document is the fence of the write that made it,
 * by Elasticsearch's external versioning: the shard itself refuses a write whose fence is not above.
 */
export class ElasticsearchBackend implements Backend {
  readonly capabilities = CAPABILITIES;
  readonly sealed: SealedDocuments;

  constructor(
    private readonly cluster: ElasticsearchClient,
    private readonly secrets: SecretsIndex,
    private readonly ring: KeyRing,
    private readonly index: string,
  ) {
    this.sealed = new SealedDocuments(ring, cluster, secrets, index);
  }

  async read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    const found = await this.secrets.get(identityOf(path), call);
    const sealed = found?.document.value;
    if (found === undefined || sealed === undefined) return undefined;
    const plain = this.ring.open(Buffer.from(sealed, 'base64'), { purpose: 'es', path });
    const value = new SecretValue(plain.toString('utf8'));
    plain.fill(0);
    const fence = fenceOf(found.document);
    return { value, metadata: metadataOf(found.document), version: fence.toString(), fence };
  }

  async apply(mutation: StoreMutation, { fence, ...call }: ApplyOptions): Promise<Outcome> {
    const { path } = mutation;
    switch (mutation.kind) {
      case 'put':
        return this.#replace(path, secretDocument(path, fence, this.#sealed(mutation), mutation.metadata), fence, call);
      case 'patch':
        return this.#patch(path, mutation.metadata, fence, call);
      case 'delete':
        return this.#replace(path, tombstone(path, fence), fence, call);
    }
  }

  #sealed({ path, value }: Mutation<'put'>): string {
    const plain = Buffer.from(value.reveal(), 'utf8');
    const sealed = this.ring.seal(plain, { purpose: 'es', path }).toString('base64');
    plain.fill(0);
    return sealed;
  }

  /**
   * Two steps, because external versioning cannot say "if nobody changed it". The first is conditional on the document
   * being the one that was read, so that a value, or a delete, which arrives in between is never lost; it raises the
   * version by one only. The second raises it to the fence. What arrives between the two with a lower fence is undone by
   * the second, with a higher one it stays. A replay does the second again.
   */
  async #patch(path: SecretPath, patch: MetadataPatch, fence: Fence, call: CallOptions): Promise<Outcome> {
    const id = identityOf(path);
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const found = await this.secrets.get(id, call);
      const stored = found === undefined ? undefined : fenceOf(found.document);
      if (stored !== undefined && stored > fence) return { outcome: 'superseded', storedFence: stored };
      const sealed = found?.document.value;
      if (found === undefined || sealed === undefined) throw absent();
      if (stored === fence) return this.#replace(path, found.document, fence, call);
      const document = secretDocument(path, fence, sealed, applyPatch(metadataOf(found.document), patch));
      if (await this.secrets.putOver(id, document, found, call)) return this.#replace(path, document, fence, call);
    }
    throw conflictFailure();
  }

  async *list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    await this.secrets.ready(call);
    yield* pagesOf(this.cluster, this.index, scope, call);
  }

  async check(call: CallOptions): Promise<void> {
    await this.secrets.get(NO_ID, call);
  }

  close(): Promise<void> {
    return this.cluster.close();
  }

  async #replace(path: SecretPath, document: SecretDocument, fence: Fence, call: CallOptions): Promise<Outcome> {
    const id = identityOf(path);
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      if (await this.secrets.putAbove(id, document, fence, call)) return this.#applied(document);
      const found = await this.secrets.get(id, call);
      const stored = found === undefined ? undefined : fenceOf(found.document);
      if (stored !== undefined && stored > fence) return { outcome: 'superseded', storedFence: stored };
      if (found !== undefined && stored === fence) return this.#applied(found.document);
      await this.#putUnderRaisedVersion(id, document, found, call);
    }
    throw conflictFailure();
  }

  /**
   * The version is above the fence, the document's own fence is not: somebody changed or deleted the document by hand,
   * which raises the version. Without this no write would be accepted until the fences have caught up.
   */
  async #putUnderRaisedVersion(
    id: string,
    document: SecretDocument,
    found: Found | undefined,
    call: CallOptions,
  ): Promise<void> {
    await this.secrets.putOver(id, document, found, call);
  }

  #applied(document: SecretDocument): Outcome {
    const stored = documentOf(document);
    return { outcome: 'applied', version: stored.fence, metadata: metadataOf(stored) };
  }
}
