import type { Problem } from './types.js';

/** A refusal or failure of a request. `status` is 0 where no answer came, with the code `unreachable`. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** The operation that a 504 names: what became of the write can be asked for. */
  readonly operation: string | undefined;

  constructor(problem: Partial<Problem> & { operation?: string }) {
    super(problem.detail ?? problem.title ?? problem.code ?? 'the request failed');
    this.name = 'ApiError';
    this.code = problem.code ?? 'unreachable';
    this.status = problem.status ?? 0;
    this.operation = problem.operation;
  }
}

export const isAborted = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

export const hasCode = (error: unknown, ...codes: string[]): error is ApiError =>
  error instanceof ApiError && codes.includes(error.code);
