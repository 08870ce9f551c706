import { randomBytes } from 'node:crypto';
import { printError } from '../../harness/outcome.js';
import type { Key } from './rotated-files.js';
import type { RotatedCoffer } from './rotated-coffer.js';

const newKey = (id: string): Key => ({ id, secret: randomBytes(32).toString('base64'), active: true });
const asleep = (key: Key): Key => ({ ...key, active: false });
const MESSAGES = 'coffer.encryption';

/** Rotates the keys of messages and of the store, one rotation after another, step by step as the operator's page says. */
export class Rotation {
  #number = 0;
  /** The key of the store's list; at first there is none but its `secret`. */
  #sealing: Key | undefined;

  constructor(private readonly coffer: RotatedCoffer) {}

  /** `rewrap` seals the store's values anew; until it has ended the old keys are there. */
  async run(rewrap: () => Promise<void>): Promise<void> {
    const { files, token, storeRing, storeKey } = this.coffer;
    const [messages, sealing] = [newKey(`k${this.#number}`), newKey(`s${this.#number}`)];
    const before = files.keys.find(({ active }) => active);
    if (before === undefined) throw new Error('there is no active key');
    const list = this.#sealing === undefined ? [] : [this.#sealing];
    const hasSecret = this.#sealing === undefined;
    printError(`rotation ${this.#number}: add`);
    files.setKeys([before, asleep(messages)]);
    files.setSealingKeys([...list, asleep(sealing)], hasSecret);
    await this.#shown(messages.id, sealing.id, false);
    printError(`rotation ${this.#number}: activate`);
    files.setKeys([asleep(before), messages]);
    files.setSealingKeys([...list.map(asleep), sealing], hasSecret);
    await this.#shown(messages.id, sealing.id, true);
    await files.rehash(token, messages);
    printError(`rotation ${this.#number}: seal anew`);
    await rewrap();
    printError(`rotation ${this.#number}: remove`);
    files.setKeys([messages]);
    files.setSealingKeys([sealing], false);
    await this.coffer.metric(this.#line(MESSAGES, before.id), false);
    await this.coffer.metric(this.#line(storeRing, this.#sealing?.id ?? storeKey), false);
    this.#sealing = sealing;
    this.#number += 1;
  }

  #line(ring: string, key: string): string {
    return `coffer_encryption_keys{ring="${ring}",key="${key}"`;
  }

  async #shown(messages: string, sealing: string, isActive: boolean): Promise<void> {
    const { storeRing } = this.coffer;
    await this.coffer.metric(`${this.#line(MESSAGES, messages)},active="${isActive}"}`, true);
    if (storeRing === MESSAGES) return;
    await this.coffer.metric(`${this.#line(storeRing, sealing)},active="${isActive}"}`, true);
  }
}
