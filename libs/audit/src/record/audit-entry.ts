/** Whether the caller may do what was asked. `deny` also where nobody knows who calls. */
export type AuditDecision = 'allow' | 'deny';

/** One of many secrets that were given out together. */
export interface AuditedMember {
  readonly key: string;
  readonly version: string;
  /** As `AuditEntry.hmac`; absent where the value was not given out. */
  readonly hmac?: string | undefined;
}

/**
 * What a record says, beside its time. Never a value, a credential or a body: every field is an identifier, and `hmac` a
 * keyed hash by which equal values can be found.
 */
export interface AuditEntry {
  /** The id of the request, as errors and the log have it. */
  readonly requestId: string;
  /** Absent where nobody was authenticated. */
  readonly principal?: string | undefined;
  /** Which of the principal's credentials was presented. */
  readonly credential?: string | undefined;
  /** The client's address, seen past trusted proxies. */
  readonly address: string;
  readonly tenant?: string | undefined;
  readonly namespace?: string | undefined;
  readonly key?: string | undefined;
  readonly action: string;
  readonly decision: AuditDecision;
  /** `intent` before a write is published; `ok`, `headers-only`, `not-modified`, `accepted`, or the code of an error. */
  readonly outcome: string;
  /** The namespace that holds what was read, where it is not the one asked for. */
  readonly foundIn?: string | undefined;
  /** Version of the secret that was given out or written. */
  readonly version?: string | undefined;
  /** The id of the write. */
  readonly operation?: string | undefined;
  /** What is acted on, where that is no secret: the id of a dead letter. */
  readonly target?: string | undefined;
  /** What else there is to say: what a break-glass grant gives, until when, and why. */
  readonly detail?: string | undefined;
  /** `KEY:HMAC` of the value, as `POST …/audit/hash` answers it. */
  readonly hmac?: string | undefined;
  /** The secrets of one namespace that were given out together. */
  readonly secrets?: readonly AuditedMember[] | undefined;
  /** Whether a grant counts for the principal that was given for a while, whatever it was needed for. */
  readonly breakGlass?: boolean | undefined;
}
