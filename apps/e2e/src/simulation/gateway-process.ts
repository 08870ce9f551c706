import {
  Reader,
  type EntryStamp,
  type ReaderEffect,
  type ReaderEvent,
  type ReaderOptions,
  type StoreLoad,
} from '@coffer/coherence';
import { ENTRY_TTL_MS } from '@coffer/coherence/simulation';
import type { Context } from './context.js';
import type { Host } from './host.js';
import type { Stored } from '@coffer/coherence/simulation';

type Value = Pick<Stored, 'version' | 'present'>;

export interface Answer extends Value {
  readonly cache: 'l1' | 'l2' | 'store';
}

interface Call {
  readonly flight: StoreLoad;
  readonly waiting: ((answer: Answer) => void)[];
}

const TICK = 200;

/** A gateway's way of a read: L1, then L2, then the store, as its reader allows. */
export class GatewayProcess {
  readonly reader: Reader;
  readonly #l1 = new Map<string, { readonly stamp: EntryStamp; readonly value: Value }>();
  readonly #calls = new Map<string, Call>();
  /** Evictions free memory only, so half of the gateways do without them. */
  readonly #evicts: boolean;

  constructor(
    private readonly context: Context,
    readonly host: Host,
    mode: ReaderOptions['mode'] = 'strict',
  ) {
    const { timing, rules, random } = context;
    this.reader = new Reader({ shard: 0, instance: host.name, timing, mode }, rules);
    this.#evicts = random.chance(0.5);
    this.replay();
    host.every(TICK, () => this.handle({ type: 'tick' }));
  }

  /** Reads the log again, as after a gap. */
  replay(): void {
    this.handle({ type: 'replay' });
    this.context.log.tail(this.host, (entry) => this.handle({ type: 'log', entry }));
  }

  handle(event: ReaderEvent): void {
    for (const effect of this.reader.handle(event, this.host.now)) this.#carryOut(effect);
  }

  read(key: string, done: (answer: Answer) => void): void {
    const { reader, host } = this;
    const entry = this.#l1.get(key);
    if (entry !== undefined && reader.hit(key, entry.stamp, host.now)) return done({ ...entry.value, cache: 'l1' });
    if (!reader.mayCache(key, host.now)) return this.#ask(key, done);
    this.context.redis.get(host, key, (found) => {
      if (found === undefined) return this.#ask(key, done);
      const stamp = { tag: found.tag, expires: host.now + found.expiresWall - host.wall };
      if (!reader.hit(key, stamp, host.now)) return this.#ask(key, done);
      this.#l1.set(key, { stamp, value: found });
      done({ version: found.version, present: found.present, cache: 'l2' });
    });
  }

  #ask(key: string, done: (answer: Answer) => void): void {
    const { reader, host, context } = this;
    const joinable = this.#calls.get(key);
    if (joinable !== undefined && reader.mayJoin(joinable.flight, host.now)) return void joinable.waiting.push(done);
    const call: Call = { flight: reader.beginLoad(key, host.now), waiting: [done] };
    this.#calls.set(key, call);
    const { random, schedule, store } = context;
    const expiresWall = host.wall + ENTRY_TTL_MS;
    const slow = random.chance(0.15) ? random.between(20, 900) : 0;
    schedule.after(random.between(0.5, 4) + slow * random.next(), () => {
      const { version, present } = store.read(key);
      host.after(random.between(0.5, 4) + slow * random.next(), () => {
        this.#answered(call, { version, present }, expiresWall);
      });
    });
  }

  #answered(call: Call, value: Value, expiresWall: number): void {
    const { reader, host } = this;
    const { flight, waiting } = call;
    if (this.#calls.get(flight.path) === call) this.#calls.delete(flight.path);
    if (reader.mayFill(flight, host.now)) {
      const stamp = { tag: flight.tag, expires: flight.began + ENTRY_TTL_MS };
      this.#l1.set(flight.path, { stamp, value });
      this.context.redis.set(host, { path: flight.path, tag: flight.tag, expiresWall, ...value });
    }
    for (const done of waiting) done({ ...value, cache: 'store' });
  }

  #carryOut(effect: ReaderEffect): void {
    switch (effect.type) {
      case 'heartbeat':
        return this.context.redis.publish(this.host, effect.heartbeat);
      case 'forget':
        return this.#l1.clear();
      case 'replay':
        return this.replay();
      case 'evict': {
        const entry = this.#l1.get(effect.path);
        if (this.#evicts && entry !== undefined && entry.stamp.tag < effect.fence) this.#l1.delete(effect.path);
      }
    }
  }
}
