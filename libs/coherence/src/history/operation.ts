/**
 * One operation of a client, as a line of a history: times from one clock, in microseconds; versions grow with each
 * write of a key, 0 stands for what was there before the first.
 */
export interface Operation {
  readonly op: 'read' | 'write';
  readonly key: string;
  readonly version: number;
  readonly start: number;
  /** When the answer was there; of an unknown outcome, when the client gave up. */
  readonly end: number;
  /** The gateway. */
  readonly instance: string;
  /** `fail`: it certainly did not take effect. `unknown`: it may have, or may yet. */
  readonly outcome: 'ok' | 'fail' | 'unknown';
  /** Where a read was answered from. */
  readonly cache?: 'l1' | 'l2' | 'store';
}

/** One line of JSON, without its end. */
export const formatOperation = (operation: Operation): string => JSON.stringify(operation);

const isOperation = (value: unknown): value is Operation => {
  if (typeof value !== 'object' || value === null) return false;
  const { op, key, version, start, end, instance, outcome } = value as Record<string, unknown>;
  return (
    (op === 'read' || op === 'write') &&
    typeof key === 'string' &&
    [version, start, end].every((number) => typeof number === 'number' && Number.isFinite(number)) &&
    typeof instance === 'string' &&
    (outcome === 'ok' || outcome === 'fail' || outcome === 'unknown')
  );
};

/** Throws `SyntaxError` for a line that is no operation, the last one cut short included. */
export const parseHistory = (text: string): Operation[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const value: unknown = JSON.parse(line);
      if (!isOperation(value)) throw new SyntaxError(`line ${index + 1} is no operation of a history`);
      return value;
    });
