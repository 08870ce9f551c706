import type { Backend, Capabilities, SecretEntry, StoredSecret, StoreMutation } from '@coffer/backend-contract';
import {
  ENTRY_TTL_MS,
  SIMULATED_TIMING,
  type SeededRandom,
  type SharedStore,
  type Stored,
} from '@coffer/coherence/simulation';
import { CofferError, offsetOf, SecretPath, SecretValue, type Fence, type Outcome } from '@coffer/secrets';
import type { Host } from './host.js';
import type { Schedule } from './schedule.js';

/** How often a call to the store goes wrong; all 0 once faults have ended. */
export interface StoreFaults {
  /** A write times out, and takes effect at some time or never. */
  unknown: number;
  /** A call is refused for now. */
  throttled: number;
  /** A write is refused for good. */
  denied: number;
  /** A read is answered late: most while its answer could still be cached, some after up to two windows. */
  hangs: number;
}

/** How long after a write a store whose reads lag may answer what was before. */
export const LAG_MS = 1_500;

const METADATA = { tags: [] };

/** Versions are even, so that one made behind Coffer's back fits between two. They follow the order of the queue. */
export const versionOf = (offset: bigint): number => 2 * (Number(offset) + 1);

const storedOf = ({ version: number, present, fence, revision }: Stored): StoredSecret | undefined => {
  if (!present) return undefined;
  const value = new SecretValue(`v${number}`);
  return { value, metadata: METADATA, version: String(number), fence: fence as Fence, revision };
};

/** The one store of a simulated Coffer, and the ways to it. */
export class SimulatedStore {
  /** What a store whose reads lag may still answer, by path. */
  readonly #before = new Map<string, { readonly state: Stored; readonly until: number }>();
  /** Calls that read one secret. */
  reads = 0;
  readonly faults: StoreFaults = { unknown: 0, throttled: 0, denied: 0, hangs: 0 };

  constructor(
    private readonly schedule: Schedule,
    private readonly random: SeededRandom,
    readonly held: SharedStore,
    private readonly lags: boolean,
  ) {}

  /** The store as the process sees it. */
  of(host: Host): Backend & { shows(): boolean } {
    return {
      capabilities: { store: 'simulated', conditionalWrites: 'atomic', strongReads: !this.lags } as Capabilities,
      read: (path) => this.#read(host, path.toString()),
      apply: (mutation, { fence }) => this.#apply(host, mutation, fence),
      list: () => this.#list(host),
      check: () => Promise.resolve(),
      close: () => Promise.resolve(),
      shows: () => true,
    };
  }

  #read(host: Host, path: string): Promise<StoredSecret | undefined> {
    const { random, faults } = this;
    this.reads += 1;
    if (random.chance(faults.throttled)) return this.#refuse(host, 'throttled');
    const slow = random.chance(0.15) ? random.between(20, 900) : 0;
    const longest = random.chance(0.8) ? ENTRY_TTL_MS : 2 * SIMULATED_TIMING.windowMs;
    const hang = random.chance(faults.hangs) ? random.between(0, longest) : 0;
    const there = random.between(0.5, 4) + slow * random.next();
    return this.#call(host, there, () => storedOf(this.#seen(path)), slow * random.next() + hang);
  }

  #seen(path: string): Stored {
    const before = this.#before.get(path);
    return before !== undefined && this.schedule.now < before.until ? before.state : this.held.read(path);
  }

  #apply(host: Host, mutation: StoreMutation, fence: Fence): Promise<Outcome> {
    const { random, faults, schedule } = this;
    const write = (): Outcome => {
      const version = versionOf(offsetOf(fence));
      const path = mutation.path.toString();
      if (this.lags)
        this.#before.set(path, { state: this.held.read(path), until: schedule.now + random.between(0, LAG_MS) });
      return this.held.write(path, fence, version, mutation.kind === 'put') === 'superseded'
        ? { outcome: 'superseded', storedFence: this.held.read(path).fence as Fence }
        : { outcome: 'applied', version: String(version), revision: this.held.read(path).revision, metadata: METADATA };
    };
    if (random.chance(faults.unknown)) {
      const { callTimeoutMs } = SIMULATED_TIMING;
      if (random.chance(0.7)) schedule.after(random.between(0, 2.5 * callTimeoutMs), write);
      return this.#refuse(host, 'timeout', callTimeoutMs);
    }
    if (random.chance(faults.throttled)) return this.#refuse(host, 'throttled');
    if (random.chance(faults.denied)) return this.#refuse(host, 'denied');
    return this.#call(host, random.between(0.5, 6), write);
  }

  /** A page for each namespace, as it is when the page is asked for. */
  async *#list(host: Host): AsyncIterable<readonly SecretEntry[]> {
    const namespaces = new Set(this.held.keys().map((path) => SecretPath.parse(path).namespace));
    for (const namespace of namespaces) {
      yield await this.#call(host, this.random.between(0.5, 20), () =>
        this.held.keys().flatMap((text) => {
          const path = SecretPath.parse(text);
          const stored = storedOf(this.held.read(text));
          if (path.namespace !== namespace || stored === undefined) return [];
          const { metadata, version, revision } = stored;
          return [{ path, metadata, version, revision }];
        }),
      );
    }
  }

  #call<T>(host: Host, there: number, answer: () => T, back = 0): Promise<T> {
    return new Promise((resolve) => {
      this.schedule.after(there, () => {
        const answered = answer();
        host.after(this.random.between(0.5, 4) + back, () => resolve(answered));
      });
    });
  }

  #refuse(host: Host, code: 'timeout' | 'throttled' | 'denied', after = this.random.between(1, 20)): Promise<never> {
    const error = new CofferError(code, 'the simulated store refuses the call');
    return new Promise((_, reject) => host.after(after, () => reject(error)));
  }
}
