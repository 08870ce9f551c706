import type { Rules, Timing } from '@coffer/coherence';
import type { SeededRandom } from '@coffer/coherence/simulation';
import { KeyRing } from '@coffer/crypto';
import { MessageSealer, type SealedMutation, type Topology } from '@coffer/messaging';
import { Metrics, type Logger } from '@coffer/observability';
import { SecretValue, type Mutation } from '@coffer/secrets';
import type { Schedule } from './schedule.js';
import type { SharedLog } from './shared-log.js';
import type { SimulatedRedis } from './simulated-redis.js';
import type { SimulatedStore } from './simulated-store.js';

/** What all processes of a simulated Coffer share. */
export interface Context {
  readonly schedule: Schedule;
  readonly random: SeededRandom;
  readonly rules: Rules;
  readonly timing: Timing;
  readonly topology: Topology;
  readonly log: SharedLog;
  /** The mailbox of all, and the shared cache of most. */
  readonly redis: SimulatedRedis;
  readonly store: SimulatedStore;
  readonly sealer: MessageSealer;
  readonly metrics: Metrics;
}

/** In microseconds, as histories are. */
export const micros = (milliseconds: number): number => Math.round(milliseconds * 1_000);

const silent = (): void => undefined;
/** What a simulated process says of itself is of no use. */
export const LOGGER = {
  ...{ trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent },
} as unknown as Logger;

/** Opens each body once: many processes read the same one, and what it is sealed for never changes. */
class RememberingSealer extends MessageSealer {
  readonly #mutations = new WeakMap<Uint8Array, Mutation>();

  override openMutation(sealed: SealedMutation, partition: number): Mutation {
    const known = this.#mutations.get(sealed.body) ?? super.openMutation(sealed, partition);
    this.#mutations.set(sealed.body, known);
    return known;
  }
}

/** What takes long to make and is the same for every run: made once. */
export interface Shared {
  readonly ring: KeyRing;
  readonly sealer: MessageSealer;
  readonly metrics: Metrics;
}

const makeShared = async (): Promise<Shared> => {
  const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
  const ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
  return { ring, sealer: new RememberingSealer(ring), metrics: new Metrics() };
};

let shared: Promise<Shared> | undefined;

export const sharedParts = (): Promise<Shared> => (shared ??= makeShared());
