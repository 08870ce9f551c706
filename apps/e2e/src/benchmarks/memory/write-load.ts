import { randomUUID } from 'node:crypto';
import { HttpConnection, requestBytes } from '../../harness/http-connection.js';

export interface WriteLoadOptions {
  readonly url: string;
  readonly token: string;
  /** Connections, each with one write under way at a time. */
  readonly lanes: number;
  /** Secrets that the writes go round. */
  readonly keys: number;
  /** Size of each value. */
  readonly valueBytes: number;
  /** Every so many writes one has an Idempotency-Key of its own. */
  readonly keyedEvery: number;
}

/** How long a lane waits before it goes on after a write that was not answered, in milliseconds. */
const PAUSE_MS = 200;

/** Writes as fast as they are answered, over keep-alive connections, until it is stopped. */
export class WriteLoad {
  /** Writes by the status of their answer; 0 for none. */
  readonly statuses = new Map<number, number>();
  #count = 0;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: WriteLoadOptions) {}

  /** Writes that were answered with 200. */
  get written(): number {
    return this.statuses.get(200) ?? 0;
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: this.options.lanes }, () => this.#lane()));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #lane(): Promise<void> {
    const connection = await HttpConnection.open(Number(new URL(this.options.url).port));
    while (!this.#stopped) {
      const status = await connection.send(this.#request()).then(
        (answer) => answer.status,
        () => 0,
      );
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    connection.close();
  }

  #request(): Buffer {
    const { keys, valueBytes, keyedEvery, token } = this.options;
    const number = (this.#count += 1);
    return requestBytes('PUT', '/api/v1/main/namespaces/memory.team/secrets', {
      token,
      body: { key: `KEY_${number % keys}`, value: String(number).padStart(valueBytes, 'value-') },
      headers: number % keyedEvery === 0 ? { 'idempotency-key': randomUUID() } : {},
    });
  }
}
