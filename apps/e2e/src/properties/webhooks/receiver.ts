import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const WEBHOOK_KEY = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

/** A receiver that checks signatures, and that can be away. */
export class HookReceiver {
  /** Sequences of each subject, in the order in which they were taken. */
  readonly taken = new Map<string, string[]>();
  deliveries = 0;
  forged = 0;
  refused = 0;
  away = false;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = request.headers;
        if (this.away) this.refused += 1;
        else this.#take(body, `${String(id)}.${String(time)}.${body}`, String(signature));
        response.writeHead(this.away ? 503 : 204).end();
      });
    });
  }

  static async open(): Promise<HookReceiver> {
    const receiver = new HookReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Subject and sequence of everything that was taken, as often as it was. */
  events(): readonly string[] {
    return [...this.taken].flatMap(([subject, all]) => all.map((sequence) => `${subject} ${sequence}`));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(body: string, signed: string, signature: string): void {
    const key = Buffer.from(WEBHOOK_KEY.slice('whsec_'.length), 'base64');
    const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      this.forged += 1;
      return;
    }
    const { subject, sequence } = JSON.parse(body) as { readonly subject: string; readonly sequence: string };
    this.deliveries += 1;
    const sequences = this.taken.get(subject) ?? [];
    this.taken.set(subject, sequences);
    sequences.push(sequence);
  }
}
