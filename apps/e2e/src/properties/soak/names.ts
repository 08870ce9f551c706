import type { SeededRandom } from '@coffer/coherence/simulation';
import { KeyHistory } from '../../history/key-history.js';

/** Keys that also exist in the child namespace, so that a resolve there may fall back to the parent. */
const WITH_CHILD = 15;
/** Names written last, which are read more often. */
const RECENT = 8;
/** Names that are written no more and still read. */
const RETIRED = 6;

/** A key of the parent namespace and, for some, the same key below it. */
export interface Name {
  readonly number: number;
  readonly key: string;
  readonly parent: KeyHistory;
  readonly child: KeyHistory | undefined;
}

/**
 * What is written and read: as many paths as asked for, at any time. A name with a write whose outcome stayed unknown is
 * retired, since that write may land after any later one, and a fresh one takes its place.
 */
export class Names {
  readonly #current: Name[];
  #recent: Name[] = [];
  #retired: Name[] = [];
  #count = 0;

  constructor(
    readonly namespace: string,
    paths: number,
  ) {
    const withChild = Math.min(WITH_CHILD, Math.floor(paths / 2));
    this.#current = Array.from({ length: paths - withChild }, (_, number) => this.#fresh(number, number < withChild));
  }

  get childNamespace(): string {
    return `${this.namespace}.child`;
  }

  /** In the order of their numbers. */
  get current(): readonly Name[] {
    return this.#current;
  }

  get all(): readonly Name[] {
    return [...this.#current, ...this.#retired];
  }

  wrote(name: Name): void {
    this.#recent = [name, ...this.#recent.filter((other) => other !== name)].slice(0, RECENT);
  }

  retire(name: Name): void {
    this.#current[name.number] = this.#fresh(name.number, name.child !== undefined);
    this.#recent = this.#recent.filter((other) => other !== name);
    this.#retired = [name, ...this.#retired].slice(0, RETIRED);
  }

  /** The next to be read. */
  toRead(random: SeededRandom): Name {
    if (this.#retired.length > 0 && random.chance(0.05)) return random.pick(this.#retired);
    if (this.#recent.length > 0 && random.chance(0.4)) return random.pick(this.#recent);
    return random.pick(this.#current);
  }

  #fresh(number: number, withChild: boolean): Name {
    const key = `KEY_${number}_${(this.#count += 1)}`;
    const parent = new KeyHistory(this.namespace, key);
    return { number, key, parent, child: withChild ? new KeyHistory(this.childNamespace, key) : undefined };
  }
}
