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
import { applyPatch, CofferError, SecretValue, type Mutation, type Outcome, type SecretPath } from '@coffer/secrets';
import { CAPABILITIES } from './capabilities.js';
import type { ElasticsearchClient } from './client.js';
import { conflictFailure } from './errors.js';
import { pagesOf } from './listing.js';
import {
  describedBy,
  fenceOf,
  identityOf,
  metadataOf,
  secretDocument,
  tombstone,
  type DocumentMark,
  type SecretDocument,
} from './layout.js';
import { SealedDocuments } from './sealed-documents.js';
import type { SecretsIndex } from './secrets-index.js';

/** Rounds of read and conditional write before giving way to whoever else keeps writing. */
const MAX_ATTEMPTS = 30;
/** The id of no secret: those are 43 characters long. */
const NO_ID = 'check';

const absent = (): CofferError => new CofferError('not-found', 'there is no such secret');

/**
 * Secrets as documents of one index, the value sealed. A write reads the document and replaces it on condition that its
 * sequence number is still the same, which the shard itself judges.
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
    return { value, fence: fenceOf(found.document), ...describedBy(found.document) };
  }

  apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome> {
    const { path } = mutation;
    switch (mutation.kind) {
      case 'put': {
        const sealed = this.#sealed(mutation);
        return this.#replace(path, options, (mark) => secretDocument(path, mark, sealed, mutation.metadata));
      }
      case 'patch':
        return this.#replace(path, options, (mark, found) => {
          const { value } = found ?? {};
          if (found === undefined || value === undefined) throw absent();
          const metadata = applyPatch(metadataOf(found), mutation.metadata);
          return secretDocument(path, { ...mark, revision: found.revision }, value, metadata);
        });
      case 'delete':
        return this.#replace(path, options, (mark) => tombstone(path, mark));
    }
  }

  #sealed({ path, value }: Mutation<'put'>): string {
    const plain = Buffer.from(value.reveal(), 'utf8');
    const sealed = this.ring.seal(plain, { purpose: 'es', path }).toString('base64');
    plain.fill(0);
    return sealed;
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

  /**
   * Writes what `changed` makes of the document that is there, on condition that it is still the one that was read: so its
   * fence and revision are those of exactly the document that is replaced, however late the write arrives. Throws what
   * `changed` throws.
   */
  async #replace(
    path: SecretPath,
    { signal, ...accepted }: ApplyOptions,
    changed: (mark: DocumentMark, found: SecretDocument | undefined) => SecretDocument,
  ): Promise<Outcome> {
    const id = identityOf(path);
    const { fence } = accepted;
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const found = await this.secrets.get(id, { signal });
      const stored = found === undefined ? undefined : fenceOf(found.document);
      if (stored !== undefined && stored > fence) return { outcome: 'superseded', storedFence: stored };
      const mark = { ...accepted, revision: (found?.document.revision ?? 0) + 1 };
      const document = changed(mark, found?.document);
      if (found !== undefined && stored === fence) return appliedAs(found.document);
      if (await this.secrets.putOver(id, document, found, { signal })) return appliedAs(document);
    }
    throw conflictFailure();
  }
}

const appliedAs = (document: SecretDocument): Outcome => ({ outcome: 'applied', ...describedBy(document) });
