import type { Message, Producer } from 'kafkajs';

/**
 * Sends one request at a time, with whatever gathered meanwhile: an idempotent producer must not have several under way,
 * and one request for each record would make the bare loop slower than it need be.
 */
export class GatheringSender {
  #gathered: Message[] = [];
  #running = false;

  constructor(
    private readonly producer: Producer,
    private readonly topic: string,
    private readonly failed: (error: unknown) => void,
  ) {}

  send(message: Message): void {
    this.#gathered.push(message);
    if (this.#running) return;
    this.#running = true;
    this.#run().catch(this.failed);
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#gathered.length > 0) {
      const messages = this.#gathered;
      this.#gathered = [];
      await this.producer.send({ topic: this.topic, acks: -1, messages });
    }
    this.#running = false;
  }
}
