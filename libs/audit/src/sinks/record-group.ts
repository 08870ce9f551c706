/** Called once: with whether a sink has taken the record in time. */
export type Taken = (taken: boolean) => void;

interface PendingRecord {
  /** JSON without its closing brace. */
  readonly body: string;
  readonly done: Taken | undefined;
  /** Whether its answer must not leave without it: given up, it is not written any more. */
  readonly required: boolean;
}

/** About what a line has beyond its record, and what the objects here take up. */
const OVERHEAD_BYTES = 256;

/** The records of one turn of the event loop: written together, and answered for together. */
export class RecordGroup {
  readonly #records: PendingRecord[] = [];
  #bytes = 0;
  #isDecided = false;
  #isGivenUp = false;
  #timer: NodeJS.Timeout | undefined;

  /** About what it takes up. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#records.length;
  }

  add(body: string, required: boolean, done: Taken | undefined): void {
    this.#records.push({ body, required, done });
    this.#bytes += body.length + OVERHEAD_BYTES;
  }

  /** Gives up what nobody has taken after that time. */
  expect(timeoutMs: number, late: () => void): void {
    this.#timer = setTimeout(() => {
      late();
      this.giveUp();
    }, timeoutMs);
  }

  /** What is to be written: not what was given up, whose callers were told that it was not. */
  bodies(): readonly string[] {
    const records = this.#isGivenUp ? this.#records.filter(({ required }) => !required) : this.#records;
    return records.map(({ body }) => body);
  }

  taken(): void {
    this.#decide(true);
  }

  giveUp(): void {
    this.#isGivenUp ||= !this.#isDecided;
    this.#decide(false);
  }

  #decide(taken: boolean): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    clearTimeout(this.#timer);
    for (const { done } of this.#records) done?.(taken);
  }
}
