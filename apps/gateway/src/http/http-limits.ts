import { DEFAULT_BUDGETS, type Configuration } from '@coffer/config';

/** Limits of the HTTP server, in milliseconds unless named otherwise. */
export interface HttpLimits {
  /** Bytes. A value of 512 KiB may be escaped six-fold. */
  readonly body: number;
  readonly headerCount: number;
  /** Bytes of the request line and headers. */
  readonly headerBytes: number;
  /** Until the headers have come, from the connection or, where it is kept, the request's first byte. */
  readonly headers: number;
  /** Until the whole request has come. */
  readonly request: number;
  /** Bytes a second with which a body must come. */
  readonly bodyRate: number;
  /** What a body may take before its rate is looked at. */
  readonly bodyGrace: number;
  /** How long a connection without a byte on its way is kept with a request under way. */
  readonly idle: number;
  /** How long a connection is kept between two requests. */
  readonly keepAlive: number;
  /** Open at the same time; those beyond are closed at once. */
  readonly connections: number;
}

const limitsOf = ({ limits }: Pick<Configuration, 'limits'>) => ({
  headerCount: limits.headers,
  headerBytes: limits.headerSize,
  headers: limits.headersTimeout,
  request: limits.requestTimeout,
  bodyRate: limits.bodyRate,
  connections: limits.connections,
});

export const DEFAULT_LIMITS: HttpLimits = {
  body: 4 * 1024 * 1024,
  idle: 60_000,
  keepAlive: 75_000,
  bodyGrace: 5_000,
  ...limitsOf({ limits: DEFAULT_BUDGETS }),
};

export const httpLimitsOf = ({ server, limits }: Pick<Configuration, 'server' | 'limits'>): HttpLimits => ({
  ...DEFAULT_LIMITS,
  keepAlive: server.keepAliveTimeout,
  ...limitsOf({ limits }),
});
