import type { Permission, Principal } from '@coffer/access';
import type { ErrorCode } from '@coffer/secrets';
import type { z } from 'zod';
import type { AuditDefinition, AuditedSecret } from '../audit/audited.js';
import type { AnswerAllowance, AnswerShare } from '../budget/answer-budget.js';
import type { BrowserRequest } from '../request/browser-request.js';
import type { QueryPair } from '../request/query-string.js';

/**
 * `kestra`: below /api/v1/{tenant} and /api/v1; `coffer`: below /coffer/v1/{tenant}; `vault`: below /v1, with the tenant in a
 * header; `root`: the path as it is.
 */
export type Face = 'kestra' | 'coffer' | 'vault' | 'root';

/**
 * Who may call. `open`: everybody, without credentials. `authenticated`: every principal. `inTenant`: whoever has one
 * of the permissions somewhere in the path's tenant. `inNamespace`: whoever has the permission in the path's namespace.
 */
export type Access =
  'open' | 'authenticated' | { readonly inTenant: readonly Permission[] } | { readonly inNamespace: Permission };

export interface AnswerDefinition {
  readonly description: string;
  /** Defaults to no body. */
  readonly body?: z.ZodType;
  /** Media types of the body; defaults to `application/json`. */
  readonly types?: readonly string[];
  /** Beside a JSON body: those of a text that the handler may answer instead, named by the header `content-type`. */
  readonly textTypes?: readonly string[];
}

/**
 * One call of the API, said once: its route, the required permission, validation, the handler's types and the
 * OpenAPI description all come from it.
 */
export interface EndpointDefinition {
  /** `operationId` of the description. */
  readonly id: string;
  readonly face: Face;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /**
   * Below the face's root; `{namespace}`, `{id}`, and as the last part `{key}`, or undecoded `{path}`, which takes the whole rest.
   * `vault`: `{mount}`, which the router replaces, and `{namespace}/{key}` together take the whole rest.
   */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  /** Passes the caller to the handler of an open endpoint, where credentials are sent and right. */
  readonly identify?: true;
  /** An endpoint without has a record of its `id` that no answer waits for; an open one without has none. */
  readonly audit?: AuditDefinition;
  /** A schema of texts; a repeated parameter arrives as a list. Without one, a query is refused. */
  readonly query?: z.ZodObject;
  /** Takes `filters` parameters in every form of `filters/`. */
  readonly filters?: true;
  /** Lower-case names; headers not named are ignored. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body is a text of one of these media types, and not JSON. */
  readonly bodyTextTypes?: readonly string[];
  /** Limit of the body; defaults to 4 MiB. */
  readonly bodyMaxBytes?: number;
  readonly answers: Readonly<Record<number, AnswerDefinition>>;
  /** Share of the budget of answers; defaults to `common`. */
  readonly answerShare?: AnswerShare;
  /** What can go wrong beyond what goes wrong everywhere. */
  readonly errors?: readonly ErrorCode[];
}

type Parameter<D extends EndpointDefinition, N extends string> = D['path'] extends `${string}{${N}}${string}`
  ? string
  : undefined;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A request that was let in, as its definition types it. */
export interface Call<D extends EndpointDefinition = EndpointDefinition> {
  readonly principal: D['access'] extends 'open'
    ? D['identify'] extends true
      ? Principal | undefined
      : undefined
    : Principal;
  readonly tenant: D['face'] extends 'root' ? undefined : string;
  readonly namespace: Parameter<D, 'namespace'>;
  readonly key: Parameter<D, 'key'>;
  readonly id: Parameter<D, 'id'>;
  readonly path: Parameter<D, 'path'>;
  readonly query: Parsed<D['query']>;
  readonly filters: readonly QueryPair[];
  readonly headers: Parsed<D['headers']>;
  readonly body: Parsed<D['body']>;
  /** The request's own id, as the log has it. */
  readonly requestId: string;
  /** The `Accept` header. */
  readonly accept: string;
  /** What an endpoint for browsers needs to know. */
  readonly browser: () => BrowserRequest;
  /**
   * Who calls, judged anew by the same credentials. Rejects once the caller may not make the call any more, or has gone. For answers
   * that last.
   */
  readonly verify: () => Promise<Principal>;
  /** The bytes that the answer may have. */
  readonly allowance: () => AnswerAllowance;
}

type Statuses<D extends EndpointDefinition> = keyof D['answers'] & number;

/** What the handler of a definition may answer. */
export type Answer<D extends EndpointDefinition> = {
  [S in Statuses<D>]: {
    readonly status: S;
    readonly headers?: Readonly<Record<string, string>>;
    /** Values of `Set-Cookie`. */
    readonly cookies?: readonly string[];
    /** Who called, where the endpoint itself has found out. */
    readonly caller?: Principal;
    /** What its records say; one record for each. Defaults to one of what the call says. */
    readonly audited?: readonly AuditedSecret[];
    /** Request id of its record, where the request had none yet and the answer has it. */
    readonly requestId?: string;
    readonly body: D['answers'][S]['body'] extends z.ZodType
      ? z.input<D['answers'][S]['body']> | (D['answers'][S]['textTypes'] extends readonly string[] ? string : never)
      : undefined;
  };
}[Statuses<D>];

/** An answer of whichever definition. */
export interface AnyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly caller?: Principal;
  readonly audited?: readonly AuditedSecret[];
  readonly requestId?: string;
  readonly body: unknown;
}

/** Keeps the literal types of a definition. */
export const endpoint = <const D extends EndpointDefinition>(definition: D): D => definition;

/** Whether there are records of its calls. */
export const isAudited = ({ access, audit }: EndpointDefinition): boolean => access !== 'open' || audit !== undefined;

const ROOTS: Readonly<Record<Face, readonly string[]>> = {
  kestra: ['/api/v1/{tenant}', '/api/v1'],
  coffer: ['/coffer/v1/{tenant}'],
  vault: ['/v1'],
  root: [''],
};

/** The full paths of a definition, parameters in braces. */
export const fullPaths = ({ face, path }: EndpointDefinition): readonly string[] =>
  ROOTS[face].map((root) => `${root}${path}`);

/** A full path as the router wants it: `{key}` or `{path}` is the whole rest. */
export const routePattern = (fullPath: string): string =>
  fullPath.replace(/(?:\{namespace\}\/)?\{(?:key|path)\}$/, '*').replaceAll(/\{(\w+)\}/g, ':$1');

/** The definition with the mount of the Vault API in its path. */
export const mountedAt = <D extends EndpointDefinition>(mount: string, definition: D): D =>
  definition.path.includes('{mount}') ? { ...definition, path: definition.path.replace('{mount}', mount) } : definition;
