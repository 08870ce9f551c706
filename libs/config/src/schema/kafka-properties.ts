import { Unresolved } from '../interpolate.js';
import { showPath, type Step } from '../key-case.js';
import type { ConfigErrors } from '../config-errors.js';
import { Refusal, singleLine } from '../text-form/single-line.js';
import { isTree, type Tree } from '../tree.js';

const flatten = (group: Tree, prefix = ''): [string, unknown][] =>
  Object.entries(group).flatMap(([key, value]): [string, unknown][] =>
    isTree(value) ? flatten(value, `${prefix}${key}.`) : [[`${prefix}${key}`, value]],
  );

/** Written as an empty text it says that a certificate need not name the host. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['ssl.endpoint.identification.algorithm']);

/** Kafka's properties by their dotted names. Those that Coffer has no use for are never asked for. */
export class KafkaProperties {
  constructor(
    private readonly values: ReadonlyMap<string, unknown>,
    readonly path: readonly Step[],
    private readonly errors: ConfigErrors,
  ) {}

  get names(): readonly string[] {
    return [...this.values.keys()];
  }

  /** As it was written. */
  raw(name: string): unknown {
    return this.values.get(name);
  }

  /** `undefined` when absent, and after adding a problem when it is empty and Kafka gives that no meaning. */
  text(name: string): string | undefined {
    const value = this.values.get(name);
    if (value === undefined || (typeof value === 'string' && (value.trim() !== '' || MAY_BE_EMPTY.has(name)))) {
      return value;
    }
    if (typeof value === 'string') {
      this.problem(name, 'is empty; give it a value, or remove it');
      return undefined;
    }
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',');
    this.problem(name, value instanceof Unresolved ? value.reason : 'must be a text');
    return undefined;
  }

  /** A text on one line, such as a name or a password; as `text` otherwise. Adds a problem for one that has more. */
  line(name: string): string | undefined {
    const value = this.text(name);
    const line = value === undefined ? undefined : singleLine(value);
    if (!(line instanceof Refusal)) return line;
    this.problem(name, line.reason);
    return undefined;
  }

  /** Adds a problem when absent or empty. */
  required(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined && this.values.get(name) === undefined) this.problem(name, 'is missing');
    return value;
  }

  problem(name: string, text: string): void {
    this.errors.add([...this.path, name], text);
  }

  /** The property's whole name, for messages. */
  nameOf(name: string): string {
    return showPath([...this.path, name]);
  }
}

export const readKafkaProperties = (group: Tree, path: readonly Step[], errors: ConfigErrors): KafkaProperties =>
  new KafkaProperties(new Map(flatten(group)), path, errors);
