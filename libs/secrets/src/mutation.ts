import type { MetadataPatch, SecretMetadata } from './metadata.js';
import type { SecretPath } from './secret-path.js';
import type { SecretValue } from './secret-value.js';

export const MUTATION_KINDS = ['put', 'patch', 'delete', 'drop'] as const;

/** What a mutation does. */
export type MutationKind = (typeof MUTATION_KINDS)[number];

/**
 * What must hold of the secret when its mutation's turn has come, or the mutation is refused with `precondition-failed`:
 * that there is none, that there is one, that its version is one of these, or that its revision is this one, where 0 stands
 * for a secret that is not there, whether it was deleted or never made.
 */
export type Precondition =
  'absent' | 'present' | { readonly versions: readonly string[] } | { readonly revision: number };

/** Judged by the worker, between the mutations of the path before and after it. */
interface Conditional {
  readonly precondition?: Precondition;
}

type AnyMutation =
  /**
   * Creates a secret, or replaces value and metadata. With `keepsMetadata` a secret that is there keeps its own: the worker
   * puts that in place of `metadata` before a store sees the mutation.
   */
  | (Conditional & {
      readonly kind: 'put';
      readonly path: SecretPath;
      readonly value: SecretValue;
      readonly metadata: SecretMetadata;
      readonly keepsMetadata?: true;
    })
  /** Changes metadata alone: what the patch does not name stays. An absent secret is `not-found`. */
  | (Conditional & { readonly kind: 'patch'; readonly path: SecretPath; readonly metadata: MetadataPatch })
  /** Deletes a secret; deleting what is absent is `applied`. */
  | (Conditional & { readonly kind: 'delete'; readonly path: SecretPath })
  /** Changes nothing in the store: when it is applied, no cache serves what it had before. */
  | { readonly kind: 'drop'; readonly path: SecretPath };

/**
 * One change of one secret: what a caller asks a gateway for, what a worker opens, and what a store applies. Equal requests
 * are equal mutations; which operation one belongs to is said by the form in which it is queued, and its place among the
 * others of the path by the fence under which it is applied.
 */
export type Mutation<K extends MutationKind = MutationKind> = Extract<AnyMutation, { readonly kind: K }>;
