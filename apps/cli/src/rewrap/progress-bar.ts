const WIDTH = 30;
const INTERVAL_MS = 100;

/** One line that is written over and over on a terminal; elsewhere a line for each tenth. */
export class ProgressBar {
  #shownAtMs = -Infinity;
  #tenth = -1;

  constructor(
    private readonly label: string,
    private readonly write: (text: string) => void,
    private readonly interactive: boolean,
  ) {}

  show(done: number, total: number): void {
    const share = total === 0 ? 1 : done / total;
    const text = `${this.label} ${done} of ${total} (${Math.floor(share * 100)} %)`;
    if (this.interactive) {
      const now = performance.now();
      if (done < total && now - this.#shownAtMs < INTERVAL_MS) return;
      this.#shownAtMs = now;
      const filled = Math.round(share * WIDTH);
      this.write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${text}${done === total ? '\n' : ''}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth === this.#tenth) return;
    this.#tenth = tenth;
    this.write(`${text}\n`);
  }
}
