import type { Answer, Api } from '../../harness/index.js';
import { KeyRecord, type Held } from './record.js';

export const NAMESPACE = 'company.team';

export interface LoadOptions {
  readonly keys: number;
  /** Each has keys of its own, and one request under way. */
  readonly writers: number;
}

export interface Counts {
  acknowledged: number;
  /** Cut off by a kill: it is not known whether they hold. */
  unanswered: number;
  /** Answers that no write of a healthy process gets. */
  readonly unexpected: string[];
}

interface Change {
  readonly becomes: Held;
  readonly good: number;
  send(api: Api): Promise<Answer>;
}

/** Writes without a pause, and knows of every key what it may hold. */
export class Load {
  readonly records: ReadonlyMap<string, KeyRecord>;
  readonly counts: Counts = { acknowledged: 0, unanswered: 0, unexpected: [] };
  #step = 0;

  constructor(private readonly options: LoadOptions) {
    const names = Array.from({ length: options.keys }, (_, number) => `KEY_${number}`);
    this.records = new Map(names.map((name) => [name, new KeyRecord()]));
  }

  /** Resolves when the process no longer answers. */
  async run(api: Api): Promise<void> {
    const { writers } = this.options;
    const entries = [...this.records];
    await Promise.all(
      Array.from({ length: writers }, (_, writer) =>
        this.#write(
          api,
          entries.filter((_entry, number) => number % writers === writer),
        ),
      ),
    );
  }

  async #write(api: Api, own: readonly (readonly [string, KeyRecord])[]): Promise<void> {
    for (;;) {
      for (const [key, record] of own) if (!(await this.#change(api, key, record))) return;
    }
  }

  /** Answers whether the process is still there. */
  async #change(api: Api, key: string, record: KeyRecord): Promise<boolean> {
    const change = this.#next(key, record.acknowledged);
    record.attempt(change.becomes);
    let answer: Answer;
    try {
      answer = await change.send(api);
    } catch {
      this.counts.unanswered += 1;
      return false;
    }
    if (answer.status === change.good) {
      record.acknowledge(change.becomes);
      this.counts.acknowledged += 1;
    } else {
      this.counts.unexpected.push(`${answer.status} ${answer.text}`);
    }
    return true;
  }

  /** The next change of a key: six of ten changes of a secret replace it, three change its description and one deletes it. */
  #next(key: string, held: Held): Change {
    const step = (this.#step += 1);
    const description = `description ${step}`;
    if (held !== undefined && step % 10 === 0) {
      return { becomes: undefined, good: 204, send: (api) => api.delete(NAMESPACE, key) };
    }
    if (held !== undefined && step % 10 < 4) {
      const becomes = { value: held.value, description };
      return { becomes, good: 200, send: (api) => api.patch(NAMESPACE, key, { description }) };
    }
    const becomes = { value: `value ${step}`, description };
    return { becomes, good: 200, send: (api) => api.put(NAMESPACE, { key, ...becomes }) };
  }
}
