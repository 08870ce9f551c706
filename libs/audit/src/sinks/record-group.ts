/** Called once: with whether a sink has taken the record in time. */
export type Taken = (taken: boolean) => void;

interface PendingRecord {
  /** JSON without its closing brace. */
  readonly body: string;
  readonly bytes: number;
  /** Whether its answer must not leave without it: given up, it is not written any more. */
  readonly required: boolean;
}

/** About what a line has beyond its record, and what the objects here take up. */
const OVERHEAD_BYTES = 256;

/** The records of one turn of the event loop: written together, and answered for together. */
export class RecordGroup {
  #records: PendingRecord[] = [];
  #dones: Taken[] = [];
  readonly #droppedListeners: (() => void)[] = [];
  #requiredBytes = 0;
  #optionalBytes = 0;
  #isDecided = false;
  #timer: NodeJS.Timeout | undefined;

  /** About what it takes up. */
  get bytes(): number {
    return this.#requiredBytes + this.#optionalBytes;
  }

  /** About what the records take up that are not required. */
  get optionalBytes(): number {
    return this.#optionalBytes;
  }

  get size(): number {
    return this.#records.length;
  }

  get optionalSize(): number {
    return this.#records.filter(({ required }) => !required).length;
  }

  /** `bodyBytes`: of the body in UTF-8. */
  add(body: string, bodyBytes: number, required: boolean, done: Taken | undefined): void {
    const bytes = bodyBytes + OVERHEAD_BYTES;
    this.#records.push({ body, bytes, required });
    if (done !== undefined) this.#dones.push(done);
    if (required) this.#requiredBytes += bytes;
    else this.#optionalBytes += bytes;
  }

  /** Gives up what nobody has taken after that time. */
  expect(timeoutMs: number, late: () => void): void {
    if (this.#isDecided) return;
    this.#timer = setTimeout(() => {
      late();
      this.giveUp();
    }, timeoutMs);
  }

  /** What is to be written: not what was given up, whose callers know that it was not. */
  bodies(withOptional: boolean): readonly string[] {
    const records = withOptional ? this.#records : this.#records.filter(({ required }) => required);
    return records.map(({ body }) => body);
  }

  /** Calls it when the group drops its required records because nobody has taken them. */
  onDropped(listener: () => void): void {
    this.#droppedListeners.push(listener);
  }

  taken(): void {
    this.#decide(true);
  }

  giveUp(): void {
    if (this.#isDecided) return;
    this.#records = this.#records.filter(({ required }) => !required);
    this.#requiredBytes = 0;
    for (const listener of this.#droppedListeners) listener();
    this.#decide(false);
  }

  #decide(taken: boolean): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    clearTimeout(this.#timer);
    // They hold answers, while the group may wait for another sink for long.
    const dones = this.#dones;
    this.#dones = [];
    for (const done of dones) done(taken);
  }
}
