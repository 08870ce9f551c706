import type { SecretValue } from '@coffer/secrets';

/** One of several secrets that share a record. */
export interface AuditedValue {
  readonly key: string;
  readonly version: string;
  /** Absent where it is not given out. */
  readonly value?: SecretValue | undefined;
}

/** What a controller tells of a secret that its answer gives out, or that it changed, beside what the call says. */
export interface AuditedSecret {
  /** What was done; defaults to the action of the endpoint. */
  readonly action?: string;
  /** Those of the call, where it names them. */
  readonly namespace?: string;
  readonly key?: string;
  /** Where it was found. */
  readonly foundIn?: string;
  readonly version?: string;
  readonly operation?: string;
  /** The value, of which the record has the keyed hash. */
  readonly value?: SecretValue;
  /** The secrets of one namespace that are given out together, in one record. */
  readonly secrets?: readonly AuditedValue[];
  /** The code of an error; defaults to what the status of the answer says. */
  readonly outcome?: string;
}

/**
 * How calls of an endpoint are recorded. `required`: no answer leaves before its record was taken. `intent`: there is a
 * record before the call is carried out as well.
 */
export interface AuditDefinition {
  readonly action: string;
  readonly required?: true;
  readonly intent?: true;
  /** In place of `intent`: what the call is going to change, each of which has a record before it is carried out. */
  readonly intents?: (call: { readonly body: unknown; readonly query: unknown }) => readonly AuditedSecret[];
}
