import { request, type ClientRequest, type IncomingMessage } from 'node:http';

/** A change that a watcher was notified of. */
export interface NotifiedChange {
  readonly key: string;
  /** Revision of the secret, which counts its writes. */
  readonly revision: number;
  readonly at: number;
}

export interface WatcherOptions {
  /** Called with the number of the connection for the address to go to: another gateway after one has gone. */
  readonly address: (connection: number) => string;
  readonly token: string;
  readonly notified: (change: NotifiedChange) => void;
  /** Resolves when a watcher that has lost its connection is to come back. */
  readonly absence: () => Promise<unknown>;
}

/** One client of the change stream, which comes back with its `Last-Event-ID` when its gateway goes. */
export class StreamWatcher {
  /** Revisions that it was notified of, by key. */
  readonly revisions = new Map<string, number[]>();
  readonly ends: string[] = [];
  connections = 0;
  resyncs = 0;
  ready = false;
  #lastId = '';
  #rest = '';
  #request: ClientRequest | undefined;
  #closed = false;

  constructor(private readonly options: WatcherOptions) {}

  connect(): void {
    if (this.#closed) return;
    const url = `${this.options.address(this.connections)}/coffer/v1/main/events?namespace=watch`;
    this.connections += 1;
    this.#rest = '';
    this.ready = false;
    const headers = {
      authorization: `Bearer ${this.options.token}`,
      ...(this.#lastId === '' ? {} : { 'last-event-id': this.#lastId }),
    };
    let over = false;
    const again = (): void => {
      if (over) return;
      over = true;
      void this.options.absence().then(() => this.connect());
    };
    this.#request = request(url, { headers, agent: false }, (response: IncomingMessage) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => this.#read(text));
      response.on('error', again);
      response.on('close', again);
    });
    this.#request.on('error', again);
    this.#request.end();
  }

  close(): void {
    this.#closed = true;
    this.#request?.destroy();
  }

  #read(text: string): void {
    const blocks = `${this.#rest}${text}`.split('\n\n');
    this.#rest = blocks.pop() ?? '';
    const at = performance.now();
    for (const block of blocks) this.#take(block, at);
  }

  #take(block: string, at: number): void {
    let [type, data] = ['', ''];
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) type = line.slice(7);
      else if (line.startsWith('data: ')) data = line.slice(6);
      else if (line.startsWith('id: ')) this.#lastId = line.slice(4);
    }
    if (type === 'ready') this.ready = true;
    else if (type === 'resync') this.resyncs += 1;
    else if (type === 'end') this.ends.push(data);
    else if (type === 'change') this.#changed(data, at);
  }

  #changed(data: string, at: number): void {
    const { key, revision } = JSON.parse(data) as { readonly key: string; readonly revision?: number };
    const notified = this.revisions.get(key) ?? [];
    this.revisions.set(key, notified);
    notified.push(revision ?? NaN);
    if (revision !== undefined) this.options.notified({ key, revision, at });
  }
}
