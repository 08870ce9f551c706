/** One write of a key, as its writer sees it; times in microseconds. */
interface Attempt {
  readonly version: number;
  readonly deletes: boolean;
  readonly start: number;
  /** When it was acknowledged. */
  end?: number;
}

/**
 * The writes of one path, in order: a single writer makes them, the next one only once the one before was acknowledged
 * or given up. Version 0 is the path's absence before the first; a deletion is a version as every write is.
 */
export class KeyHistory {
  readonly #attempts: Attempt[] = [{ version: 0, deletes: true, start: 0, end: 0 }];

  constructor(
    readonly namespace: string,
    readonly key: string,
  ) {}

  /** In the history. */
  get name(): string {
    return `${this.namespace}/${this.key}`;
  }

  get last(): { readonly version: number; readonly deletes: boolean } {
    return this.#attempts.at(-1) as Attempt;
  }

  /** The highest version that was acknowledged. */
  get acknowledged(): number {
    return this.#attempts.findLast(({ end }) => end !== undefined)?.version ?? 0;
  }

  /** Answers the version of the write that begins now. */
  begin(deletes: boolean, start: number): number {
    const version = this.last.version + 1;
    this.#attempts.push({ version, deletes, start });
    return version;
  }

  /** Ends a write; times are microseconds of the history's clock. */
  acknowledge(version: number, end: number): void {
    (this.#attempts[version] as Attempt).end = end;
  }

  /** Whether a path may hold this when nothing is under way: what was last acknowledged, or a later version. */
  mayHold(version: number): boolean {
    return version >= this.acknowledged && version <= this.last.version;
  }

  value(version: number): string {
    return `${this.name} #${version}`;
  }

  /** The version that a value belongs to; `undefined` for a value that is none of this path's. */
  versionOf(value: string): number | undefined {
    const prefix = `${this.name} #`;
    return value.startsWith(prefix) ? Number(value.slice(prefix.length)) : undefined;
  }

  /**
   * The version that a read from `start` to `end` met when it found nothing, where the times allow but one: values tell
   * their versions, absences do not. When they allow none the answer contradicts the history, and the latest deletion
   * that it is too old for is returned, so that the checker says so. `undefined` means one of several.
   */
  absentVersion(start: number, end: number): number | undefined {
    let floor = 0;
    for (const attempt of this.#attempts) {
      if (attempt.end !== undefined && attempt.end < start) floor = attempt.version;
    }
    const deletions = this.#attempts.filter((attempt) => attempt.deletes && attempt.start <= end);
    const possible = deletions.filter(({ version }) => version >= floor);
    if (possible.length === 0) return deletions.at(-1)?.version;
    return possible.length === 1 ? possible[0]?.version : undefined;
  }
}
