import { CofferError } from '@coffer/secrets';
import type { z } from 'zod';
import { Unresolved } from './interpolate.js';
import { canonicalKey, showPath, type Step } from './key-case.js';
import { shapeOf, type Schema } from './schema-shape.js';
import { at, isTree } from './tree.js';

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'must be a group of settings',
  record: 'must be a map of names to texts',
  array: 'must be a list',
};

/** Collects everything that is wrong, so that an operator sees it in one go. No line ever holds a value. */
export class ConfigErrors {
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
    const unresolved = new Set<string>();
    const usable = this.#withoutUnresolved(value, schema, path, unresolved);
    const result = schema.safeParse(usable);
    if (result.success) return unresolved.size === 0 ? result.data : undefined;
    for (const issue of result.error.issues) {
      const input = at(usable, issue.path);
      const here = [...path, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
      if (!unresolved.has(showPath(here))) this.add(placeOf(input) ?? here, reason(issue, input));
    }
    return undefined;
  }

  /** `value` with `undefined` wherever the schema knows a setting that is `Unresolved`; adds a problem for each. */
  #withoutUnresolved(value: unknown, schema: Schema, path: readonly Step[], found: Set<string>): unknown {
    if (value instanceof Unresolved) {
      this.add(value.place ?? path, value.reason);
      found.add(showPath(path));
      return undefined;
    }
    const shape = shapeOf(schema);
    if (shape.kind === 'list' && Array.isArray(value)) {
      return value.map((item, index) => this.#withoutUnresolved(item, shape.item, [...path, index], found));
    }
    if (shape.kind !== 'group' || !isTree(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => {
        const known = shape.keys.get(canonicalKey(name));
        return [name, known ? this.#withoutUnresolved(inner, known.schema, [...path, name], found) : inner];
      }),
    );
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

const placeOf = (input: unknown): readonly Step[] | undefined =>
  input instanceof Unresolved ? input.place : undefined;

const reason = (issue: z.core.$ZodIssue, input: unknown): string => {
  if (issue.code !== 'invalid_type') return issue.message;
  if (input instanceof Unresolved) return input.reason;
  if (input === undefined) return 'is missing';
  return EXPECTED[issue.expected] ?? issue.message;
};
