import type { ErrorCode, Mutation, SecretMetadata } from '@coffer/secrets';

export interface WriteOptions {
  /** `Principal.id`. Part of a derived operation id, so that two callers' idempotency keys never meet. */
  readonly principal: string;
  /** The `Idempotency-Key` header. */
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
}

export interface WriteResult {
  readonly operation: string;
  /** The secret's metadata after a put or patch; absent after a delete or drop. */
  readonly metadata?: SecretMetadata;
  /** The secret's version after a put or patch, where the log told it. */
  readonly version?: string;
  /** The secret's revision after a put, patch or delete, where the log told it. */
  readonly revision?: number;
  /** When the write was accepted, in milliseconds since the Unix epoch, where the store knows it. */
  readonly changed?: number;
}

export type OperationState =
  | { readonly state: 'pending' }
  | { readonly state: 'applied' }
  | { readonly state: 'failed'; readonly code: ErrorCode };

/** The gateway's side of the way of a write. Errors are `CofferError`s. */
export interface WriteService {
  /**
   * Validates against the store, queues, and waits for the outcome. Throws `timeout` with `details.operation` when it
   * is not known in time (8 s): the write may still be applied, and repeating the request is safe. Throws
   * `operation-in-flight` and `operation-mismatch` for an idempotency key already in use.
   */
  write(mutation: Mutation, options: WriteOptions): Promise<WriteResult>;
  /** As `write`, but resolves with the operation's id as soon as the mutation is queued. */
  submit(mutation: Mutation, options: WriteOptions): Promise<string>;
  /** Throws `operation-expired` for one that is unknown and too old to be still on its way. */
  operation(tenant: string, id: string): OperationState;
}
