import type { Configuration } from '@coffer/config';

/** Of the HTTP server, in milliseconds unless named otherwise. */
export interface HttpLimits {
  /** Bytes. A value of 512 KiB may be escaped six-fold. */
  readonly body: number;
  readonly headerCount: number;
  /** Until the headers have come, from the connection or the end of the request before. */
  readonly headers: number;
  /** Until the whole request has come. */
  readonly request: number;
  /** How long a connection without a byte on its way is kept with a request under way. */
  readonly idle: number;
  /** How long a connection is kept between two requests. */
  readonly keepAlive: number;
  /** Open at the same time; those beyond are closed at once. */
  readonly connections: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  body: 4 * 1024 * 1024,
  headerCount: 100,
  headers: 10_000,
  request: 30_000,
  idle: 60_000,
  keepAlive: 75_000,
  connections: 10_000,
};

export const httpLimitsOf = ({ server, limits }: Pick<Configuration, 'server' | 'limits'>): HttpLimits => ({
  ...DEFAULT_LIMITS,
  keepAlive: server.keepAliveTimeout,
  connections: limits.connections,
});
