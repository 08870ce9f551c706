/** What a caller may do in a tenant or a subtree of namespaces. `admin` implies the others nowhere: it is for the system's own calls. */
export const PERMISSIONS = ['list', 'resolve', 'write', 'delete', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface Grant {
  /** A tenant, or `*` for every tenant. */
  readonly tenant: string;
  /** A namespace and its children, or `*` for every namespace. */
  readonly namespace: string;
  readonly permissions: readonly Permission[];
  /** The place in the configuration that a binding's grant comes from, below its issuer; others are known by their order. */
  readonly origin?: string;
}

/** Who is calling, as authentication found out. */
export interface Principal {
  /** `token:<id>`, `user:<name>`, `role:<id>`, `jwt:<issuer>:<subject>` or `certificate:<entry>:<subject>`. */
  readonly id: string;
  /** Whether a grant counts that was given for a while (`coffer.access.breakGlass`). */
  readonly breakGlass?: boolean;
  readonly grants: readonly Grant[];
  /** Which of the principal's credentials was presented, where it may have several. Never the credential itself. */
  readonly credentialId?: string;
  /** Until when a browser's session counts, by the wall clock: in any case, and unless there is another request. */
  readonly session?: { readonly expiresAtMs: number; readonly idleAtMs: number };
}

/** Somebody who is asked about and has shown no credential. */
export interface AskedPrincipal extends Principal {
  /**
   * Why nobody is let in as this principal, break-glass grants or not: no credential of it counts any more, the claims name no
   * subject, or no binding grants anything to them. Absent where somebody may be.
   */
  readonly refusal?: 'no-credential' | 'no-subject' | 'no-binding';
}
