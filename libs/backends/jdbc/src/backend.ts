import type {
  ApplyOptions,
  Backend,
  CallOptions,
  Capabilities,
  ListScope,
  SecretEntry,
  StoredSecret,
  StoreMutation,
} from '@coffer/backend-contract';
import type { KeyRing } from '@coffer/crypto';
import {
  CofferError,
  SecretPath,
  SecretValue,
  type Fence,
  type MetadataPatch,
  type Mutation,
  type Outcome,
  type SecretMetadata,
} from '@coffer/secrets';
import type { Parameter, Right, Row, StatementFailure } from './dialects/dialect.js';
import { withMissingRight } from './errors.js';
import { bytesOf, descriptionColumn, fenceOf, identityOf, metadataOf, tagsColumn, textOf } from './layout.js';
import { SealedRows } from './sealed-rows.js';
import type { DatabaseClient } from './client.js';
import { PAGE, SECRETS_TABLE, statementsFor, type Statements } from './statements.js';

const NO_METADATA: SecretMetadata = { tags: [] };
/** Rounds of update and insert before giving way; a row that vanishes between them was deleted by hand. */
const MAX_ATTEMPTS = 5;

/**
 * The limits are Coffer's own, for the databases take more. Value, description and tags of a write travel in one
 * message, and Kafka's default maximum is 1,048,588 bytes: 512 KiB of value, 16 KiB of description and at most 96 KiB
 * of tags leave room for the envelope. 128 code points of tag key and 256 of value are what AWS allows.
 */
const capabilitiesOf = (store: string): Capabilities => ({
  store,
  conditionalWrites: 'atomic',
  strongReads: true,
  tombstones: true,
  externalSecrets: false,
  prefixes: true,
  limits: { valueBytes: 524_288, descriptionBytes: 16_384, tags: { count: 64, keyLength: 128, valueLength: 256 } },
});

interface Content {
  /** Sealed; `null` makes a tombstone. */
  readonly value: Buffer | null;
  readonly metadata: SecretMetadata;
}

/** Secrets in one SQL table, the value sealed. Every change is one statement that is conditional on the fence. */
export class JdbcBackend implements Backend {
  readonly capabilities: Capabilities;
  readonly sealed: SealedRows;
  readonly #sql: Statements;

  constructor(
    private readonly session: DatabaseClient,
    private readonly ring: KeyRing,
    private readonly prefix: string,
  ) {
    this.#sql = statementsFor(session.dialect);
    this.capabilities = capabilitiesOf(session.dialect.store);
    const statements = {
      page: (parameters: readonly Parameter[], call: CallOptions) => this.#rows(this.#sql.sealedPage, parameters, call),
      read: (parameters: readonly Parameter[], call: CallOptions) => this.#rows(this.#sql.read, parameters, call),
      change: (parameters: readonly Parameter[], call: CallOptions) => this.#change(this.#sql.reseal, parameters, call),
    };
    this.sealed = new SealedRows(ring, prefix, statements, session.dialect.store);
  }

  async read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    const [row] = await this.#rows(this.#sql.read, [identityOf(this.prefix, path)], call);
    const sealed = row === undefined ? undefined : bytesOf(row, 'value');
    if (row === undefined || sealed === undefined) return undefined;
    const plain = this.ring.open(sealed, { purpose: 'sql', path });
    const value = new SecretValue(plain.toString('utf8'));
    plain.fill(0);
    const fence = fenceOf(row);
    return { value, metadata: metadataOf(row), version: fence.toString(), fence };
  }

  async apply(mutation: StoreMutation, { fence, ...call }: ApplyOptions): Promise<Outcome> {
    const { path } = mutation;
    switch (mutation.kind) {
      case 'put':
        return this.#replace(path, this.#sealed(mutation), fence, call);
      case 'patch':
        return this.#patch(path, mutation.metadata, fence, call);
      case 'delete':
        return this.#replace(path, { value: null, metadata: NO_METADATA }, fence, call);
    }
  }

  #sealed({ path, value, metadata }: Mutation<'put'>): Content {
    const plain = Buffer.from(value.reveal(), 'utf8');
    const sealed = this.ring.seal(plain, { purpose: 'sql', path });
    plain.fill(0);
    return { value: sealed, metadata };
  }

  async #patch(path: SecretPath, patch: MetadataPatch, fence: Fence, call: CallOptions): Promise<Outcome> {
    const id = identityOf(this.prefix, path);
    const mark = fence.toString();
    const changes: Parameter[] = [];
    if (patch.description !== undefined) changes.push(descriptionColumn(patch.description));
    if (patch.tags !== undefined) changes.push(tagsColumn(patch.tags));
    const statement = this.#sql.annotate(patch.description !== undefined, patch.tags !== undefined);
    const affected = await this.#change(statement, [...changes, mark, id, mark], call);
    const [row] = await this.#rows(this.#sql.state, [id], call);
    if (affected > 0 && row !== undefined) return this.#applied(fence, metadataOf(row));
    return this.#settleAnnotation(row, fence);
  }

  async *list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    let [namespace, key] = [scope.namespace ?? '', ''];
    for (;;) {
      const start = [this.prefix, scope.tenant, namespace];
      const rows =
        scope.namespace === undefined
          ? await this.#rows(this.#sql.list, [...start, namespace, key], call)
          : await this.#rows(this.#sql.listNamespace, [...start, key], call);
      const entries = rows.map((row) => ({
        path: SecretPath.of(scope.tenant, textOf(row, 'namespace'), textOf(row, 'secret_key')),
        metadata: metadataOf(row),
        version: fenceOf(row).toString(),
      }));
      const last = entries.at(-1);
      if (last === undefined) return;
      yield entries;
      if (entries.length < PAGE) return;
      ({ namespace, key } = last.path);
    }
  }

  async check(call: CallOptions): Promise<void> {
    await this.#rows(this.#sql.check, [], call);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  /** UPDATE below the fence; no such row: INSERT; a row after all: UPDATE again; still none: what is stored decides. */
  async #replace(path: SecretPath, content: Content, fence: Fence, call: CallOptions): Promise<Outcome> {
    const id = identityOf(this.prefix, path);
    const mark = fence.toString();
    const { value, metadata } = content;
    const columns = [value, descriptionColumn(metadata.description), tagsColumn(metadata.tags), mark, id];
    const place = [this.prefix, path.tenant, path.namespace, path.key];
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      if ((await this.#change(this.#sql.replace, [...columns, mark], call)) > 0) return this.#applied(fence, metadata);
      if (await this.#insert([...columns, ...place], call)) return this.#applied(fence, metadata);
      if ((await this.#change(this.#sql.replace, [...columns, mark], call)) > 0) return this.#applied(fence, metadata);
      const [row] = await this.#rows(this.#sql.state, [id], call);
      const stored = row === undefined ? undefined : fenceOf(row);
      if (stored !== undefined && stored > fence) return { outcome: 'superseded', storedFence: stored };
      if (row !== undefined && stored === fence) return this.#applied(fence, metadataOf(row));
    }
    throw new CofferError('conflict', `${this.capabilities.store}: the row of the secret changes under every attempt`);
  }

  /** What an annotation means that changed no row. */
  #settleAnnotation(row: Row | undefined, fence: Fence): Outcome {
    const stored = row === undefined ? undefined : fenceOf(row);
    if (stored !== undefined && stored > fence) return { outcome: 'superseded', storedFence: stored };
    if (row === undefined || textOf(row, 'state') === 'absent') {
      throw new CofferError('not-found', 'there is no such secret');
    }
    if (stored === fence) return this.#applied(fence, metadataOf(row));
    throw new CofferError('conflict', `${this.capabilities.store}: the row of the secret changed meanwhile`);
  }

  /** The metadata as a read would show it. */
  #applied(fence: Fence, { description, tags }: SecretMetadata): Outcome {
    const metadata = { ...(description === undefined || description === '' ? {} : { description }), tags };
    return { outcome: 'applied', version: fence.toString(), metadata };
  }

  /** False when the row is already there. */
  async #insert(parameters: readonly Parameter[], call: CallOptions): Promise<boolean> {
    try {
      await this.session.run(this.#sql.insert, parameters, call.signal);
      return true;
    } catch (thrown) {
      const failure = this.#toStatementFailure(thrown, 'INSERT');
      if (failure.duplicate) return false;
      throw failure.error;
    }
  }

  async #rows(sql: string, parameters: readonly Parameter[], call: CallOptions): Promise<readonly Row[]> {
    try {
      return (await this.session.run(sql, parameters, call.signal)).rows;
    } catch (thrown) {
      throw this.#toStatementFailure(thrown, 'SELECT').error;
    }
  }

  async #change(sql: string, parameters: readonly Parameter[], call: CallOptions): Promise<number> {
    try {
      return (await this.session.run(sql, parameters, call.signal)).affected;
    } catch (thrown) {
      throw this.#toStatementFailure(thrown, 'UPDATE').error;
    }
  }

  #toStatementFailure(thrown: unknown, right: Right): StatementFailure {
    const { dialect } = this.session;
    const failure = dialect.toStatementFailure(thrown);
    // Our own errors have said it already.
    return CofferError.is(thrown) ? failure : withMissingRight(failure, dialect, right, dialect.table(SECRETS_TABLE));
  }
}
