import { CofferError, type SecretPath, type SecretValue } from '@coffer/secrets';
import type { WriteOptions, WriteService } from '@coffer/writes';
import type { StoreRegistry } from '../process/gateway-parts.js';
import { preconditionOf, type Planned } from './plan.js';

export interface ApplyOptions {
  readonly writes: Pick<WriteService, 'write'>;
  readonly stores: Pick<StoreRegistry, 'of'>;
  readonly options: WriteOptions;
}

/** What was written, and for its record the value. */
export interface AppliedChange {
  readonly operation: string;
  readonly version?: string;
  readonly value?: SecretValue;
  /** The version that a copy or move has read. */
  readonly sourceVersion?: string;
  /** The operation by which a move has deleted its source. */
  readonly removal?: string;
}

const never = (): AbortSignal => new AbortController().signal;

/** From the store itself: a copy takes value and metadata of one version. */
const readFrom = async (stores: ApplyOptions['stores'], path: SecretPath) => {
  const stored = await stores.of(path).backend.read(path, { signal: never() });
  if (stored !== undefined) return stored;
  throw new CofferError('not-found', `there is no secret '${path.key}' in the namespace '${path.namespace}'`);
};

const copy = async ({ item, target }: Planned, source: SecretPath, apply: ApplyOptions): Promise<AppliedChange> => {
  const { writes, stores, options } = apply;
  const { value, metadata, version: sourceVersion } = await readFrom(stores, source);
  const put = { kind: 'put', path: target, value, metadata, ...preconditionOf(item) } as const;
  const { operation, version } = await writes.write(put, options).catch((error: unknown) => {
    if (item.action !== 'move' || !CofferError.is(error, 'timeout')) throw error;
    throw new CofferError('timeout', `${error.message}; the source of the move is not deleted`, error.details);
  });
  const copied = { operation, value, sourceVersion, ...(version === undefined ? {} : { version }) };
  const written = await readFrom(stores, target);
  if (written.value.reveal() !== value.reveal()) {
    const detail = 'the copy was written, and another value was read after it: somebody else wrote there meanwhile';
    throw new CofferError('conflict', detail, { operation });
  }
  if (item.action !== 'move') return copied;
  try {
    const precondition = { versions: [sourceVersion] };
    const removed = await writes.write({ kind: 'delete', path: source, precondition }, options);
    return { ...copied, removal: removed.operation };
  } catch (error) {
    if (!CofferError.is(error) || error.code === 'timeout') throw error;
    const detail = `the copy was written, and '${source.key}' is still in the namespace '${source.namespace}': ${error.message}`;
    throw new CofferError(error.code, detail, error.details);
  }
};

/** Carries an item out. Throws what it fails with; `timeout` with the operation where its outcome is not known. */
export const applyChange = async (planned: Planned, apply: ApplyOptions): Promise<AppliedChange> => {
  const { source, mutation } = planned;
  if (source !== undefined) return copy(planned, source, apply);
  if (mutation === undefined) throw new CofferError('internal', 'an item without a mutation');
  const { operation, version } = await apply.writes.write(mutation, apply.options);
  return {
    operation,
    ...(version === undefined ? {} : { version }),
    ...(mutation.kind === 'put' ? { value: mutation.value } : {}),
  };
};
