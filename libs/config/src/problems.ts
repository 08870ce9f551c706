import { CofferError } from '@coffer/secrets';
import type { z } from 'zod';
import { Unresolved } from './interpolate.js';
import { showPath, type Step } from './key-case.js';
import { at } from './tree.js';

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'must be a group of settings',
  record: 'must be a map of names to texts',
  array: 'must be a list',
};

/** Collects everything that is wrong, so that an operator sees it in one go. No line ever holds a value. */
export class Problems {
  readonly #lines: string[] = [];
  readonly #paths: string[] = [];

  /** `text` continues a sentence that begins with the path. */
  add(path: readonly Step[] | string, text: string): void {
    const shown = typeof path === 'string' ? path : showPath(path);
    const line = `${shown} ${text}`;
    if (this.#lines.includes(line)) return;
    this.#paths.push(shown);
    this.#lines.push(line);
  }

  /** The typed value, or `undefined` after adding what is wrong with it. */
  check<S extends z.ZodType>(schema: S, value: unknown, path: readonly Step[]): z.output<S> | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const input = at(value, issue.path);
      const here = [...path, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
      this.add(here, reason(issue, input));
    }
    return undefined;
  }

  /** Throws `configuration` with one line for each problem. */
  throwIfAny(): void {
    if (this.#lines.length === 0) return;
    const [only, ...others] = this.#lines;
    const message =
      others.length === 0
        ? `configuration: ${only}`
        : `configuration: ${this.#lines.length} problems\n${this.#lines.map((line) => `- ${line}`).join('\n')}`;
    throw new CofferError('configuration', message, { paths: this.#paths });
  }
}

const reason = (issue: z.core.$ZodIssue, input: unknown): string => {
  if (issue.code !== 'invalid_type') return issue.message;
  if (input instanceof Unresolved) return input.reason;
  if (input === undefined) return 'is missing';
  return EXPECTED[issue.expected] ?? issue.message;
};
