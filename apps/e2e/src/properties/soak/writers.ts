import { setTimeout as pause } from 'node:timers/promises';
import { endTime, startTime, type History } from '../../history/history-file.js';
import type { Name, Names } from './names.js';
import type { Random } from '../../workload/random.js';
import type { Readers } from './readers.js';
import type { Register } from '../../history/register.js';
import type { Stage } from './stage.js';
import type { Tally } from './tally.js';

export interface WritersOptions {
  /** Each has names of its own, and one write under way. */
  readonly lanes: number;
  readonly seed: (lane: number) => Random;
}

/** Between the writes of a lane, in milliseconds. */
const REST = { from: 150, to: 700 };
/** Before a write is sent again, in milliseconds. */
const AGAIN = 250;
/** A client waits no longer for one answer, in milliseconds; a gateway answers within 8 s. */
const ANSWER = 12_000;
/** A write that is not acknowledged after this time and all its repetitions stays unknown. Milliseconds. */
const PATIENCE = 60_000;
/** Of the clients, those that do not ask again for a write that was not acknowledged, and those that leave at once. */
const GIVE_UP = 0.3;
const LEAVE = 0.01;

/** `no`: certainly not taken. */
type Answered = 'ok' | 'unknown' | 'no';

/** Writers that each have one write under way; a write is repeated, under its idempotency key, until it is acknowledged. */
export class Writers {
  #over = false;

  constructor(
    private readonly stage: Stage,
    private readonly names: Names,
    private readonly readers: Readers,
    private readonly history: History,
    private readonly tally: Tally,
    private readonly options: WritersOptions,
  ) {}

  /** Writes until `stop`; resolves when no write is under way. */
  async run(): Promise<void> {
    const { lanes, seed } = this.options;
    await Promise.all(Array.from({ length: lanes }, (_, lane) => this.#lane(lane, seed(lane))));
  }

  stop(): void {
    this.#over = true;
  }

  async #lane(lane: number, random: Random): Promise<void> {
    while (!this.#over) {
      const own = this.names.current.filter(({ number }) => number % this.options.lanes === lane);
      const name = random.pick(own);
      const register = name.child !== undefined && random.chance(0.6) ? name.child : name.parent;
      if (random.chance(0.03)) await this.#drop(register, random);
      else await this.#write(name, register, random);
      await pause(random.between(REST.from, REST.to));
    }
  }

  async #write(name: Name, register: Register, random: Random): Promise<void> {
    const deletes = !register.last.deletes && random.chance(register === name.child ? 0.5 : 0.1);
    const start = startTime();
    const version = register.begin(deletes, start);
    const { outcome, instance } = await this.#untilTaken(register, { deletes, version }, random);
    const end = endTime();
    this.history.add({
      op: 'write',
      key: register.name,
      version,
      start,
      end,
      instance,
      outcome: outcome === 'no' ? 'fail' : outcome,
    });
    if (outcome === 'ok') {
      register.acknowledge(end);
      this.tally.acknowledged += 1;
      if (deletes) this.tally.deletes += 1;
      this.tally.longestWrite = Math.max(this.tally.longestWrite, (end - start) / 1_000);
      this.tally.writes.push({ from: start / 1_000, to: end / 1_000 });
      this.names.wrote(name);
      void this.readers.probe(name, register === name.child);
    } else {
      if (outcome === 'unknown') this.tally.unknown += 1;
      this.names.retire(name);
    }
  }

  async #untilTaken(
    register: Register,
    write: { readonly deletes: boolean; readonly version: number },
    random: Random,
  ): Promise<{ readonly outcome: Answered; readonly instance: string }> {
    const begun = performance.now();
    const leaves = random.chance(LEAVE);
    const persists = !leaves && !random.chance(GIVE_UP);
    for (let attempt = 1; ; attempt += 1) {
      const { gateways } = this.stage;
      const gateway = gateways.length === 0 ? undefined : random.pick(gateways);
      const instance = gateway?.instance ?? 'none';
      const signal = AbortSignal.timeout(leaves ? random.between(1, 15) : ANSWER);
      const outcome = gateway === undefined ? 'unknown' : await this.#send(gateway.client, register, write, signal);
      if (outcome === 'ok' && attempt > 1) this.tally.repeated += 1;
      // What was sent before may still be under way: then nothing is certain any more.
      if (outcome === 'ok' || (outcome === 'no' && attempt === 1)) return { outcome, instance };
      if (!persists || performance.now() - begun > PATIENCE) return { outcome: 'unknown', instance };
      await pause(AGAIN);
    }
  }

  async #send(
    client: Stage['gateways'][number]['client'],
    register: Register,
    { deletes, version }: { readonly deletes: boolean; readonly version: number },
    signal: AbortSignal,
  ): Promise<Answered> {
    const { namespace, key } = register;
    const path = `/api/v1/main/namespaces/${namespace}/secrets`;
    const idempotencyKey = `${key}-${version}`;
    try {
      const { status, text } = deletes
        ? await client.call('DELETE', `${path}/${key}`, { idempotencyKey, signal })
        : await client.call('PUT', path, { body: { key, value: register.value(version) }, idempotencyKey, signal });
      if (status === 200 || status === 204) return 'ok';
      if (status < 500 && status !== 409 && status !== 429) {
        this.tally.wrong.push(`a write was answered ${status} ${text}`);
        return 'no';
      }
      return 'unknown';
    } catch {
      return 'unknown';
    }
  }

  /** As after a change in the store without Coffer; there was none. */
  async #drop({ namespace, key }: Register, random: Random): Promise<void> {
    const { gateways } = this.stage;
    if (gateways.length === 0) return;
    try {
      const path = `/coffer/v1/main/namespaces/${namespace}/cache/${key}`;
      const signal = AbortSignal.timeout(ANSWER);
      const { status } = await random.pick(gateways).client.call('DELETE', path, { signal });
      if (status === 204) this.tally.drops += 1;
    } catch {
      // It drops nothing that a reader must not see.
    }
  }
}
