import type { Principal } from '@coffer/access';
import type { LimitsConfiguration } from '@coffer/config';
import type { Traces } from '@coffer/observability';
import type { ListService, ReadService } from '@coffer/reads';
import type { DeadLetterService, WriteService } from '@coffer/writes';

/** What a request says about who sent it. */
export interface LoginAttempt {
  /** The header's value; several are joined by commas. */
  readonly authorization?: string;
  readonly cookie?: string;
  /** The peer's address; failed logins are throttled by the client's. */
  readonly address: string;
  /** The `X-Forwarded-For` header; several are joined by commas. */
  readonly forwardedFor?: string;
}

export interface Authenticator {
  /** Throws `unauthorized` for absent or wrong credentials, without saying which part was wrong. */
  authenticate(attempt: LoginAttempt): Promise<Principal>;
  /** The caller, if that is known without any work: `authenticate` would say the same. `undefined` says nothing. */
  known(authorization: string): Principal | undefined;
}

/** One answer of the health page: `details` holds names and states, never an address with credentials. */
export interface HealthState {
  readonly ok: boolean;
  readonly details?: Readonly<Record<string, string>>;
}

export interface Health {
  /** The process runs and its event loop turns. */
  live(): HealthState;
  readyReads(): HealthState;
  readyWrites(): HealthState;
}

/** The budgets of `coffer.limits` that the HTTP layer keeps, as the figures name them. */
export type Budget =
  'connections' | 'bodies' | 'answer' | 'answers-in-flight' | 'answer-time' | 'batch-time' | 'sort-keys' | 'refreshes';

/** The part of `Metrics` that the HTTP layer fills and shows. */
export interface HttpMetrics {
  readonly httpRequests: {
    /** What answers with these labels are counted in. */
    series(labels: { readonly method: string; readonly route: string; readonly status: string }): {
      observe(seconds: number): void;
    };
  };
  readonly connections: { set(open: number): void };
  /** Of requests, or parts of them, that were over a budget of `coffer.limits`. */
  readonly refusals: { inc(labels: { readonly budget: Budget }, count?: number): void };
  /** Bytes of answers that are being made or were not taken yet. */
  readonly answerBytes: { set(bytes: number): void };
  /** Callbacks that set metrics before each scrape. */
  readonly onScrape: Set<() => void>;
  /** Shows how much of a budget is in use, as `read` tells whenever the figures are asked for. */
  watchBudget(budget: string, read: () => { readonly bytes: number; readonly limitBytes: number }): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** The part of pino's interface that the HTTP layer uses. */
export interface HttpLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Everything that the HTTP layer asks of the rest of the gateway. */
export interface HttpDependencies {
  readonly reads: Pick<ReadService, 'resolve' | 'cached'>;
  readonly lists: Pick<ListService, 'list' | 'inherited' | 'readOnly'>;
  readonly writes: WriteService;
  readonly deadLetters: Pick<DeadLetterService, 'list' | 'replay' | 'discard'>;
  readonly authenticator: Authenticator;
  readonly health: Health;
  readonly metrics: HttpMetrics;
  readonly logger: HttpLogger;
  /** Absent: none. */
  readonly traces?: Traces;
  readonly version: string;
  readonly limits: LimitsConfiguration;
}

/** Nest's injection token for `HttpDependencies`. */
export const HTTP_DEPENDENCIES = Symbol('HTTP_DEPENDENCIES');
