import type { ErrorCode } from '@coffer/secrets';

export type FacadeOperation = 'read' | 'write' | 'annotate' | 'delete' | 'list' | 'check';
export type FacadeOutcome = 'ok' | 'superseded' | ErrorCode;

/** Where the facade's figures go; called synchronously, must not throw. */
export interface FacadeMetrics {
  /** Each call, its retries and waiting included; for a list, each page. */
  call(operation: FacadeOperation, outcome: FacadeOutcome, milliseconds: number): void;
  retry(operation: FacadeOperation): void;
  breaker(open: boolean): void;
}

export const NO_METRICS: FacadeMetrics = {
  call: () => undefined,
  retry: () => undefined,
  breaker: () => undefined,
};
