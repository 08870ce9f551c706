import type { SecretValue } from '@coffer/secrets';
import type { Grant } from './principal.js';

/** A token of the configuration: everything but the token. */
export interface TokenCredential {
  /** Names the token in audit rows and errors. */
  readonly id: string;
  /** The result of `hashAccessToken`. */
  readonly hash: string;
  readonly grants: readonly Grant[];
  /** Wall-clock time from which the token does not count any more; defaults to never. */
  readonly expiresAtMs?: number;
  /** Addresses and blocks from which alone it counts; defaults to everywhere. */
  readonly cidrs?: readonly string[];
  /** Where it is written, in words; defaults to `coffer.access.tokens`. */
  readonly origin?: string;
}

/** A user of the configuration who logs in with Basic credentials. */
export interface UserCredential {
  readonly username: string;
  /** The result of `hashPassword`. */
  readonly passwordHash: SecretValue;
  readonly grants: readonly Grant[];
}

/** A grant whose namespace may have claims of the caller in it. */
export interface GrantTemplate extends Pick<Grant, 'tenant' | 'permissions'> {
  readonly namespace: {
    readonly text: string;
    /** `segment` takes one segment from a claim, `path` several with dots between them, `slashPath` several with slashes. */
    readonly parts: readonly (string | { readonly claim: string; readonly filter: 'segment' | 'path' | 'slashPath' })[];
  };
}

/** The grants of callers of whom all of these claims are said. */
export interface Binding {
  /** Each claim must match one of its patterns: `*` is anything without a slash, `**` anything. */
  readonly when: readonly { readonly claim: string; readonly patterns: readonly string[] }[];
  readonly grants: readonly GrantTemplate[];
}

/** Where the keys of an issuer are; `file` names one, `ca` is PEM or names a file. */
export type KeyPlace =
  | { readonly kind: 'discovery' | 'jwks'; readonly address: string; readonly ca?: string }
  | { readonly kind: 'file'; readonly file: string };

/** How people log in by an issuer. */
export interface IssuerLogin {
  readonly clientId: string;
  /** `undefined` for a client that has none. */
  readonly clientSecret?: SecretValue;
  /** Shown to people; defaults to the issuer's id. */
  readonly label?: string;
  readonly scopes: readonly string[];
}

/** Somebody whose JSON Web Tokens count. */
export interface IssuerCredential {
  readonly id: string;
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** One of them must be in `aud`. The list is empty where its tokens name no audience. */
  readonly audience: readonly string[];
  readonly keys: KeyPlace;
  /** The only ones that count, whatever a token's header says. */
  readonly algorithms: readonly string[];
  readonly clockSkewMs: number;
  readonly notBefore: 'required' | 'optional';
  readonly subjectClaim: string;
  /** Defaults to nobody logging in by it. */
  readonly login?: IssuerLogin;
  readonly bindings: readonly Binding[];
}

/** What lets somebody log in as a role. */
export interface SecretIdCredential {
  readonly id: string;
  /** The result of `hashAccessToken`. */
  readonly hash: string;
  /** Wall-clock time from which neither it nor a token of it counts any more; defaults to never. */
  readonly expiresAtMs?: number;
  /** How often it may be used; defaults to without a bound. Needs a `UseCounter`. */
  readonly uses?: number;
  /** Addresses and blocks from which alone it and its tokens count; defaults to everywhere. */
  readonly cidrs?: readonly string[];
}

/** A role of the configuration: whoever has one of its secret ids is given a token for a while. */
export interface RoleCredential {
  readonly id: string;
  readonly grants: readonly Grant[];
  readonly tokenTtlMs: number;
  readonly secretIds: readonly SecretIdCredential[];
}

/** Grants that somebody gave for a while, in a hurry. */
export interface BreakGlassCredential {
  readonly id: string;
  /** Whose they are: the id of a principal. */
  readonly to: string;
  readonly reason: string;
  readonly grants: readonly Grant[];
  /** Wall-clock time from which they do not count any more. */
  readonly expiresAtMs: number;
}

/** Whose certificates count that an authority of `coffer.server.tls.clientCa` vouches for. */
export interface CertificateCredential {
  readonly id: string;
  /** The claim by which the caller is named; a certificate without it is another entry's. */
  readonly subjectClaim: string;
  readonly bindings: readonly Binding[];
}

export interface Credentials {
  readonly tokens: readonly TokenCredential[];
  readonly users: readonly UserCredential[];
  /** Defaults to none. */
  readonly issuers?: readonly IssuerCredential[];
  /** Defaults to none. */
  readonly roles?: readonly RoleCredential[];
  /** Defaults to none. */
  readonly breakGlass?: readonly BreakGlassCredential[];
  /** Defaults to none. */
  readonly certificates?: readonly CertificateCredential[];
}
