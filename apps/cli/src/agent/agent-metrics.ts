import { Counter, Gauge, Registry } from 'prom-client';
import type { RevalidatedReads } from '../revalidated-reads.js';

/** What the agent shows at `/metrics`. */
export class AgentMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'coffer_agent_requests_total',
    help: 'Requests, by the status of their answer.',
    labelNames: ['status'],
    registers: [this.#registry],
  });

  constructor(reads: Pick<RevalidatedReads, 'bytes' | 'size' | 'revalidated'>) {
    const registers = [this.#registry];
    const show = (name: string, help: string, value: () => number): void => {
      new Gauge({
        ...{ name, help, registers },
        collect() {
          this.set(value());
        },
      });
    };
    show('coffer_agent_kept_bytes', 'Bytes of answers that are kept.', () => reads.bytes);
    show('coffer_agent_kept_answers', 'Answers that are kept.', () => reads.size);
    show('coffer_agent_revalidated', 'How often a kept answer was still current.', () => reads.revalidated);
  }

  answered(status: number): void {
    this.#requests.inc({ status });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
