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
  applyPatch,
  CofferError,
  type SecretPath,
  SecretValue,
  type MetadataPatch,
  type Mutation,
  type Outcome,
  type SecretMetadata,
} from '@coffer/secrets';
import type { Parameter, Result, Right, Row, StatementFailure } from './dialects/dialect.js';
import { withMissingRight } from './errors.js';
import {
  bytesOf,
  changedColumn,
  describedBy,
  descriptionColumn,
  fenceOf,
  identityOf,
  metadataOf,
  revisionOf,
  tagsColumn,
  textOf,
} from './layout.js';
import { pagesOf } from './listing.js';
import { SealedRows } from './sealed-rows.js';
import type { DatabaseClient } from './client.js';
import { SECRETS_TABLE, statementsFor, type Statements } from './statements.js';

const NO_METADATA: SecretMetadata = { tags: [] };
/** Rounds of reading and changing before giving way to whoever else keeps writing the row. */
const MAX_ATTEMPTS = 30;

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

/** What a change is known by in the store. */
type Mark = Omit<ApplyOptions, 'signal'>;

interface Content {
  /** Sealed; `null` makes a tombstone. */
  readonly value: Buffer | null;
  readonly metadata: SecretMetadata;
}

const isPresent = (row: Row | undefined): row is Row => row !== undefined && textOf(row, 'state') === 'present';

/** Secrets in one SQL table, the value sealed. Every change is one statement that is conditional on the fence. */
export class JdbcBackend implements Backend {
  readonly capabilities: Capabilities;
  readonly sealed: SealedRows;
  readonly #sql: Statements;

  constructor(
    private readonly client: DatabaseClient,
    private readonly ring: KeyRing,
    private readonly prefix: string,
  ) {
    this.#sql = statementsFor(client.dialect);
    this.capabilities = capabilitiesOf(client.dialect.store);
    const statements = {
      page: (parameters: readonly Parameter[], call: CallOptions) => this.#rows(this.#sql.sealedPage, parameters, call),
      read: (parameters: readonly Parameter[], call: CallOptions) => this.#rows(this.#sql.read, parameters, call),
      change: (parameters: readonly Parameter[], call: CallOptions) => this.#update(this.#sql.reseal, parameters, call),
    };
    this.sealed = new SealedRows(ring, prefix, statements, client.dialect.store);
  }

  async read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    const [row] = await this.#rows(this.#sql.read, [identityOf(this.prefix, path)], call);
    const sealed = row === undefined ? undefined : bytesOf(row, 'value');
    if (row === undefined || sealed === undefined) return undefined;
    const plain = this.ring.open(sealed, { purpose: 'sql', path });
    const value = new SecretValue(plain.toString('utf8'));
    plain.fill(0);
    return { value, fence: fenceOf(row), ...describedBy(row) };
  }

  async apply(mutation: StoreMutation, { signal, ...mark }: ApplyOptions): Promise<Outcome> {
    const { path } = mutation;
    const call = { signal };
    switch (mutation.kind) {
      case 'put':
        return this.#replace(path, this.#sealed(mutation), mark, call);
      case 'patch':
        return this.#patch(path, mutation.metadata, mark, call);
      case 'delete':
        return this.#replace(path, { value: null, metadata: NO_METADATA }, mark, call);
    }
  }

  #sealed({ path, value, metadata }: Mutation<'put'>): Content {
    const plain = Buffer.from(value.reveal(), 'utf8');
    const sealed = this.ring.seal(plain, { purpose: 'sql', path });
    plain.fill(0);
    return { value: sealed, metadata };
  }

  #patch(path: SecretPath, patch: MetadataPatch, mark: Mark, call: CallOptions): Promise<Outcome> {
    const { description, tags } = patch;
    const statement = this.#sql.annotate(description !== undefined, tags !== undefined);
    const changes: Parameter[] = [];
    if (description !== undefined) changes.push(descriptionColumn(description));
    if (tags !== undefined) changes.push(tagsColumn(tags));
    changes.push(changedColumn(mark.changed), mark.fence.toString());
    return this.#change(path, mark, call, isPresent, async (id, row) => {
      if (!(await this.#update(statement, [...changes, id, fenceOf(row).toString()], call))) return undefined;
      return this.#applied(mark, revisionOf(row), applyPatch(metadataOf(row), patch));
    });
  }

  list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    const rows = (sql: string, parameters: readonly Parameter[]) => this.#rows(sql, parameters, call);
    return pagesOf(rows, this.#sql, this.prefix, scope);
  }

  async check(call: CallOptions): Promise<void> {
    await this.#rows(this.#sql.check, [], call);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  #replace(path: SecretPath, { value, metadata }: Content, mark: Mark, call: CallOptions): Promise<Outcome> {
    const { description, tags } = metadata;
    const content = [value, descriptionColumn(description), tagsColumn(tags)];
    const place = [this.prefix, path.tenant, path.namespace, path.key];
    const anything = (_row: Row | undefined): _row is Row | undefined => true;
    return this.#change(path, mark, call, anything, async (id, row) => {
      const revision = (row === undefined ? 0 : revisionOf(row)) + 1;
      const columns = [...content, changedColumn(mark.changed), mark.fence.toString(), revision.toString(), id];
      const done =
        row === undefined
          ? await this.#insert([...columns, ...place], call)
          : await this.#update(this.#sql.replace, [...columns, fenceOf(row).toString()], call);
      return done ? this.#applied(mark, revision, metadata) : undefined;
    });
  }

  /**
   * Reads the row and has it changed on condition that its fence is still the one that was read, or that there is still none:
   * what is made of it, its revision among it, is made of exactly what is replaced. Throws `not-found` for what `changeable`
   * refuses. `attempt` answers `undefined` where the condition did not hold.
   */
  async #change<R extends Row | undefined>(
    path: SecretPath,
    { fence }: Mark,
    call: CallOptions,
    changeable: (row: Row | undefined) => row is R,
    attempt: (id: Buffer, row: R) => Promise<Outcome | undefined>,
  ): Promise<Outcome> {
    const id = identityOf(this.prefix, path);
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const [row] = await this.#rows(this.#sql.state, [id], call);
      const stored = row === undefined ? undefined : fenceOf(row);
      if (stored !== undefined && stored > fence) return { outcome: 'superseded', storedFence: stored };
      if (!changeable(row)) throw new CofferError('not-found', 'there is no such secret');
      if (row !== undefined && stored === fence) return { outcome: 'applied', ...describedBy(row) };
      const outcome = await attempt(id, row);
      if (outcome !== undefined) return outcome;
    }
    throw new CofferError('conflict', `${this.capabilities.store}: the row of the secret changes under every attempt`);
  }

  /** The metadata as a read would show it. */
  #applied({ fence, changed }: Mark, revision: number, { description, tags }: SecretMetadata): Outcome {
    const metadata = { ...(description === undefined || description === '' ? {} : { description }), tags };
    const time = changed === undefined ? {} : { changed };
    return { outcome: 'applied', version: fence.toString(), revision, ...time, metadata };
  }

  /** False when the row is already there. */
  async #insert(parameters: readonly Parameter[], call: CallOptions): Promise<boolean> {
    try {
      await this.client.run(this.#sql.insert, parameters, call.signal);
      return true;
    } catch (thrown) {
      const failure = this.#toStatementFailure(thrown, 'INSERT');
      if (failure.duplicate) return false;
      throw failure.error;
    }
  }

  async #rows(sql: string, parameters: readonly Parameter[], call: CallOptions): Promise<readonly Row[]> {
    return (await this.#run('SELECT', sql, parameters, call)).rows;
  }

  /** False when no row met the condition. */
  async #update(sql: string, parameters: readonly Parameter[], call: CallOptions): Promise<boolean> {
    return (await this.#run('UPDATE', sql, parameters, call)).affected > 0;
  }

  async #run(right: Right, sql: string, parameters: readonly Parameter[], call: CallOptions): Promise<Result> {
    try {
      return await this.client.run(sql, parameters, call.signal);
    } catch (thrown) {
      throw this.#toStatementFailure(thrown, right).error;
    }
  }

  #toStatementFailure(thrown: unknown, right: Right): StatementFailure {
    const { dialect } = this.client;
    const failure = dialect.toStatementFailure(thrown);
    // Our own errors have said it already.
    return CofferError.is(thrown) ? failure : withMissingRight(failure, dialect, right, dialect.table(SECRETS_TABLE));
  }
}
