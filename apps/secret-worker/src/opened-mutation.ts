import { CofferError, SecretPath, type ErrorCode } from '@coffer/secrets';
import type { MessageSealer, MutationDelivery, MutationPayload } from '@coffer/messaging';

/** A mutation as the worker holds it: what it does, or why that cannot be known. */
export type OpenedMutation =
  { readonly path: SecretPath; readonly payload: MutationPayload } | { readonly poison: ErrorCode };

/** The one shape of a record that this version understands. */
const SCHEMA = 1;

/** Never throws: a mutation that cannot be opened is a fact about the mutation. */
export const openMutation = (sealer: MessageSealer, { record }: MutationDelivery): OpenedMutation => {
  // What a newer version meant by its own shape cannot be known.
  if (record.schema !== SCHEMA) return { poison: 'corrupt' };
  try {
    const path = SecretPath.parse(record.path);
    const payload = sealer.openMutation(path, record.operation, record.body);
    return payload.kind === record.kind ? { path, payload } : { poison: 'corrupt' };
  } catch (error) {
    return { poison: CofferError.is(error) ? error.code : 'corrupt' };
  }
};
