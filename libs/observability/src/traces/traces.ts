import { CofferError, type ErrorCode, type SecretPath } from '@coffer/secrets';

/** Everything that a span may say. Names of secrets are metadata; what they hold, and who asked with what, is not here. */
export interface SpanFacts {
  readonly 'http.request.method'?: string;
  /** The route's pattern, never the path. */
  readonly 'http.route'?: string;
  readonly 'http.response.status_code'?: number;
  readonly 'messaging.destination.name'?: string;
  readonly 'messaging.destination.partition.id'?: string;
  readonly 'coffer.tenant'?: string;
  readonly 'coffer.namespace'?: string;
  readonly 'coffer.key'?: string;
  readonly 'coffer.operation'?: string;
  readonly 'coffer.kind'?: string;
  readonly 'coffer.fence'?: string;
  readonly 'coffer.manager'?: string;
  readonly 'coffer.call'?: number;
  /** `applied`, `superseded`, an error code, … */
  readonly 'coffer.outcome'?: string;
}

export type SpanKind = 'server' | 'producer' | 'consumer' | 'client';

export interface SpanOptions {
  readonly kind: SpanKind;
  /** W3C trace context of what caused it; one that is malformed counts as absent. */
  readonly parent?: string | undefined;
  readonly facts?: SpanFacts;
}

export interface TraceSpan {
  /** What to hand to whatever this causes. Without traces: the parent as it was given. */
  readonly traceparent: string | undefined;
  add(facts: SpanFacts): void;
  /** Once; `failure` is an error code. */
  end(failure?: ErrorCode): void;
}

/** Where spans go. Never throws, and never waits for whoever collects them. */
export interface Traces {
  /** Whether spans are collected; a caller may leave out what would be for them alone. */
  readonly active: boolean;
  span(name: string, options: SpanOptions): TraceSpan;
  /** Sends what is not sent yet, within 5 s. */
  close(): Promise<void>;
}

/** Collects nothing and hands a trace context on as it came. */
export const NO_TRACES: Traces = {
  active: false,
  span: (_name, { parent }) => ({ traceparent: parent, add: () => undefined, end: () => undefined }),
  close: () => Promise.resolve(),
};

/** Answers the code of an error and nothing else; what is not a `CofferError` counts as `internal`. */
export const failureOf = (error: unknown): ErrorCode => (CofferError.is(error) ? error.code : 'internal');

export const factsOfPath = ({ tenant, namespace, key }: SecretPath): SpanFacts => ({
  'coffer.tenant': tenant,
  'coffer.namespace': namespace,
  'coffer.key': key,
});
