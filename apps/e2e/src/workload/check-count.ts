import type { Answer } from '../harness/index.js';
import { assertEqual, type Outcome } from '../harness/outcome.js';

/** Counts what does not hold, with the first few of it for people. */
export class Count {
  readonly wrong: string[] = [];
  checks = 0;

  check(holds: boolean, what: () => string): void {
    this.checks += 1;
    if (!holds) this.wrong.push(what());
  }

  /** A write that must be taken. */
  taken({ status, text }: Answer, good = 200): void {
    this.check(status === good, () => `a write was answered ${status} ${text}`);
  }

  assertNone(figure: string, unit: string): Outcome {
    const { figures, problems } = assertEqual(`${figure} (of ${this.checks} checks)`, this.wrong.length, unit, 0);
    return { figures, problems: [...problems, ...this.wrong.slice(0, 5)] };
  }
}

/** What a read found: the value, or the status where there is none. */
export const valueOf = ({ status, json }: Answer): unknown => (status === 200 ? json()['value'] : status);
