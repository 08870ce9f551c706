import { setTimeout as pause } from 'node:timers/promises';
import { endTime, startTime, type HistoryFile } from '../../history/history-file.js';
import type { Name, Names } from './names.js';
import type { SeededRandom } from '@coffer/coherence/simulation';
import type { Readers } from './readers.js';
import type { KeyHistory } from '../../history/key-history.js';
import type { Api } from '../../harness/index.js';
import type { FaultTargets } from './fault-targets.js';
import type { Tally } from './tally.js';

export interface WritersOptions {
  /** Each has names of its own, and one write under way. */
  readonly lanes: number;
  readonly seed: (lane: number) => SeededRandom;
}

/** Between the writes of a lane. */
const WRITE_INTERVAL_MS = { from: 150, to: 700 };
/** Before a write is sent again. */
const RETRY_DELAY_MS = 250;
/** A client waits no longer for one answer; a gateway answers within 8 s. */
const ANSWER_TIMEOUT_MS = 12_000;
/** A write that is not acknowledged after this time and all its repetitions stays unknown. */
const WRITE_TIMEOUT_MS = 60_000;
/** Shares of clients that do not ask again for a write that was not acknowledged, and of clients that leave at once. */
const GIVE_UP = 0.3;
const LEAVE = 0.01;

/** `no`: certainly not taken. */
type Answered = 'ok' | 'unknown' | 'no';

/** Writers that each have one write under way; a write is repeated, under its idempotency key, until it is acknowledged. */
export class Writers {
  #over = false;

  constructor(
    private readonly targets: FaultTargets,
    private readonly names: Names,
    private readonly readers: Readers,
    private readonly history: HistoryFile,
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

  async #lane(lane: number, random: SeededRandom): Promise<void> {
    while (!this.#over) {
      const own = this.names.current.filter(({ number }) => number % this.options.lanes === lane);
      const name = random.pick(own);
      const path = name.child !== undefined && random.chance(0.6) ? name.child : name.parent;
      if (random.chance(0.03)) await this.#drop(path, random);
      else await this.#write(name, path, random);
      await pause(random.integer(WRITE_INTERVAL_MS.from, WRITE_INTERVAL_MS.to));
    }
  }

  async #write(name: Name, path: KeyHistory, random: SeededRandom): Promise<void> {
    const deletes = !path.last.deletes && random.chance(path === name.child ? 0.5 : 0.1);
    const start = startTime();
    const version = path.begin(deletes, start);
    const { outcome, instance } = await this.#untilTaken(path, { deletes, version }, random);
    const end = endTime();
    this.history.add({
      op: 'write',
      key: path.name,
      version,
      start,
      end,
      instance,
      outcome: outcome === 'no' ? 'fail' : outcome,
    });
    if (outcome === 'ok') {
      path.acknowledge(version, end);
      this.tally.acknowledged += 1;
      if (deletes) this.tally.deletes += 1;
      this.tally.longestWrite = Math.max(this.tally.longestWrite, (end - start) / 1_000);
      this.tally.writes.push({ from: start / 1_000, to: end / 1_000 });
      this.names.wrote(name);
      void this.readers.probe(name, path === name.child);
    } else {
      if (outcome === 'unknown') this.tally.unknown += 1;
      this.names.retire(name);
    }
  }

  async #untilTaken(
    path: KeyHistory,
    write: { readonly deletes: boolean; readonly version: number },
    random: SeededRandom,
  ): Promise<{ readonly outcome: Answered; readonly instance: string }> {
    const begun = performance.now();
    const leaves = random.chance(LEAVE);
    const persists = !leaves && !random.chance(GIVE_UP);
    for (let attempt = 1; ; attempt += 1) {
      const { gateways } = this.targets;
      const gateway = gateways.length === 0 ? undefined : random.pick(gateways);
      const instance = gateway?.instance ?? 'none';
      const signal = AbortSignal.timeout(leaves ? random.integer(1, 15) : ANSWER_TIMEOUT_MS);
      const outcome = gateway === undefined ? 'unknown' : await this.#send(gateway.client, path, write, signal);
      if (outcome === 'ok' && attempt > 1) this.tally.repeated += 1;
      // What was sent before may still be under way: then nothing is certain any more.
      if (outcome === 'ok' || (outcome === 'no' && attempt === 1)) return { outcome, instance };
      if (!persists || performance.now() - begun > WRITE_TIMEOUT_MS) return { outcome: 'unknown', instance };
      await pause(RETRY_DELAY_MS);
    }
  }

  async #send(
    client: Api,
    history: KeyHistory,
    { deletes, version }: { readonly deletes: boolean; readonly version: number },
    signal: AbortSignal,
  ): Promise<Answered> {
    const { namespace, key } = history;
    const path = `/api/v1/main/namespaces/${namespace}/secrets`;
    const headers = { 'idempotency-key': `${key}-${version}` };
    try {
      const { status, text } = deletes
        ? await client.call('DELETE', `${path}/${key}`, { headers, signal })
        : await client.call('PUT', path, { body: { key, value: history.value(version) }, headers, signal });
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
  async #drop({ namespace, key }: KeyHistory, random: SeededRandom): Promise<void> {
    const { gateways } = this.targets;
    if (gateways.length === 0) return;
    try {
      const path = `/coffer/v1/main/namespaces/${namespace}/cache/${key}`;
      const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
      const { status } = await random.pick(gateways).client.call('DELETE', path, { signal });
      if (status === 204) this.tally.drops += 1;
    } catch {
      // It drops nothing that a reader must not see.
    }
  }
}
