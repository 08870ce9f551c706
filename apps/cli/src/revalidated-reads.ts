import { LRUCache } from 'lru-cache';
import type { GatewayClient, ReadAnswer } from './gateway-client.js';

const NOT_MODIFIED = 304;
/** What an entry takes beside its text, in bytes. */
const ENTRY_BYTES = 256;

interface Kept {
  readonly etag: string;
  readonly answer: ReadAnswer;
}

/**
 * Answers of gateways, each given out again only when the gateway has just said that it is current: every read asks. What it
 * spares is the value on the wire. Keeps at most `maxBytes` of texts, and forgets the answer that was used least recently.
 */
export class RevalidatedReads {
  readonly #kept: LRUCache<string, Kept>;
  /** How often an answer that was kept was still current. */
  revalidated = 0;

  constructor(maxBytes: number) {
    this.#kept = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: maxBytes,
      sizeCalculation: ({ answer }, path) => Buffer.byteLength(answer.text) + path.length + ENTRY_BYTES,
    });
  }

  get bytes(): number {
    return this.#kept.calculatedSize;
  }

  get size(): number {
    return this.#kept.size;
  }

  /**
   * Reads a path of a gateway. `name` is that of the answer, and differs where tenant or path do. Throws `unavailable` when the
   * gateway cannot be reached, whatever is kept.
   */
  async read(gateway: GatewayClient, name: string, path: string): Promise<ReadAnswer> {
    const kept = this.#kept.get(name);
    const answer = await gateway.read(path, kept?.etag);
    if (answer.status === NOT_MODIFIED && kept !== undefined) {
      this.revalidated += 1;
      return kept.answer;
    }
    if (answer.status === 200 && answer.etag !== undefined) this.#kept.set(name, { etag: answer.etag, answer });
    else this.#kept.delete(name);
    return answer;
  }
}
