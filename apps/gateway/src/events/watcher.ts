import { Readable } from 'node:stream';

/** Events that a reader has not taken; one that is further behind is cut. */
export const WATCHER_MAX_BYTES = 256 * 1024;

/** How long a reader that is cut may take to read the reason, in milliseconds. */
const DRAIN_TIMEOUT_MS = 2_000;

export type EndReason = 'slow' | 'revoked' | 'closing';

export interface WatcherOptions {
  readonly tenant: string;
  /** `Principal.id`. */
  readonly caller: string;
  /** Whether the namespace was asked for and the caller may list it, now. */
  readonly sees: (namespace: string) => boolean;
  /** Called once, when the stream is over: without a reason, the reader has gone. */
  readonly ended: (reason: EndReason | undefined) => void;
}

/** One reader of the stream of events. */
export class Watcher {
  readonly stream: Readable;
  #reason: EndReason | undefined;
  #drain: NodeJS.Timeout | undefined;

  constructor(readonly options: WatcherOptions) {
    this.stream = new Readable({ read: () => undefined });
    this.stream.on('close', () => {
      clearTimeout(this.#drain);
      options.ended(this.#reason);
    });
    // A connection has broken; `close` follows.
    this.stream.on('error', () => undefined);
  }

  /** Bytes that the reader has not taken. */
  get waiting(): number {
    return this.stream.readableLength;
  }

  get open(): boolean {
    return this.#reason === undefined && !this.stream.destroyed;
  }

  /** Sends a text, unless the reader is too far behind. */
  send(text: string): void {
    if (!this.open) return;
    if (this.waiting + Buffer.byteLength(text) > WATCHER_MAX_BYTES) this.end('slow');
    else this.stream.push(text);
  }

  /** Says why, and ends the connection. */
  end(reason: EndReason): void {
    if (!this.open) return;
    this.#reason = reason;
    this.stream.push(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
    this.stream.push(null);
    this.#drain = setTimeout(() => this.stream.destroy(), DRAIN_TIMEOUT_MS).unref();
  }
}
