import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { checkHistory, type Operation } from '@coffer/coherence/history';
import { until, type Answer, type Api } from '../harness/index.js';
import { describeContradictions } from '../history/contradictions.js';
import { endTime, startTime } from '../history/history-file.js';
import { KeyHistory } from '../history/key-history.js';
import type { Queued, TrafficOptions, Write } from './write.js';

export type { TrafficOptions, Write };

/** What a read is answered by a gateway, or for a store, that had no time for it: to be repeated. */
const isBusy = ({ status }: Answer): boolean => status === 503 || status === 504;

/** Default pause of each reader: the machine is there for the writes. */
const READ_INTERVAL_MS = 4;
/** Before a lane goes on after a write that was not taken. */
const RETRY_DELAY_MS = 50;
/** How long a write may take to end that was accepted but not answered in time. */
const END_TIMEOUT_MS = 120_000;
/** Until a read is answered that a gateway without time was too slow for; bounds a failure only. */
const READ_TIMEOUT_MS = 60_000;
/** Attempts at a write that must be acknowledged. */
const ATTEMPTS = 5;
/** Before such a read is repeated. */
const READ_RETRY_DELAY_MS = 100;

/** Writers and readers through all gateways, and what must hold of every key. */
export class Traffic {
  readonly writes: Write[] = [];
  readonly #operations: Operation[] = [];
  /** Reads that failed, or that were answered 503 or 504 for so long that it is no want of time. */
  readonly failedReads: string[] = [];
  /** Answers 503 and 504 to reads that were repeated. */
  repeatedReads = 0;
  reads = 0;
  /** By gateway, in the order in which `run` found them: reads that it has answered. */
  readonly answeredReads: number[] = [];
  #histories: readonly KeyHistory[];
  /** Its own, so that nobody else has written its keys. */
  readonly namespace = `traffic.n${randomBytes(4).toString('hex')}`;
  #over = false;

  constructor(
    private readonly cluster: { readonly gateways: readonly Api[] },
    private readonly options: TrafficOptions,
  ) {
    this.#histories = Array.from(
      { length: options.keys },
      (_, number) => new KeyHistory(this.namespace, `KEY_${number}`),
    );
  }

  get acknowledged(): number {
    return this.acknowledgedSince(0);
  }

  /** When writes were acknowledged, by writer, in their order; times are of `performance.now`. */
  acknowledgements(): number[][] {
    const { lanes } = this.options;
    const byLane: number[][] = Array.from({ length: lanes }, () => []);
    const laneOf = new Map(this.#histories.map(({ key }, number) => [key, number % lanes]));
    for (const { key, applied } of this.writes) if (applied !== undefined) byLane[laneOf.get(key) ?? 0]?.push(applied);
    return byLane;
  }

  acknowledgedSince(moment: number): number {
    return this.writes.filter(({ applied }) => applied !== undefined && applied >= moment).length;
  }

  /** Writes that were answered that they were not taken (503), and were not. */
  get untaken(): number {
    return this.writes.filter(({ refused = '' }) => refused.startsWith('503 ')).length;
  }

  /** What writes were answered that were not taken, but for 503, 504 and those in doubt: none is to be. */
  unexpectedRefusals(): string[] {
    return this.writes.flatMap(({ refused, inDoubt }) =>
      refused === undefined || inDoubt || /^50[34] /.test(refused) ? [] : [refused],
    );
  }

  /** Reads that contradict a write or a read before them, one sentence for each key. */
  get violations(): string[] {
    return describeContradictions(checkHistory(this.#operations));
  }

  /** Writes until `enough` says so, and reads all the while. Resolves when nothing is under way any more. */
  async run(enough: () => boolean): Promise<void> {
    this.#over = false;
    const { lanes } = this.options;
    const readers = this.cluster.gateways.map((gateway, number) => this.#read(gateway, number));
    const own = (lane: number) => this.#histories.filter((_history, number) => number % lanes === lane);
    await Promise.all(Array.from({ length: lanes }, (_, lane) => this.#write(own(lane), lane, enough)));
    this.#over = true;
    await Promise.all(readers);
  }

  /** Resolves once every write that is under way now has ended. */
  async settled(): Promise<void> {
    const inFlight = ({ applied, refused }: Write): boolean => applied === undefined && refused === undefined;
    const open = this.writes.filter(inFlight);
    await until('the writes under way end', () => !open.some(inFlight), 2 * END_TIMEOUT_MS);
  }

  /** Keys that, on some gateway, do not hold the last acknowledged write nor a later one, or on which gateways differ. */
  async wrongKeys(): Promise<string[]> {
    const wrong: string[] = [];
    for (const history of this.#histories) {
      const found = await Promise.all(
        this.cluster.gateways.map((gateway, number) => this.#readOnce(gateway, number, history)),
      );
      const [first = NaN] = found;
      if (history.mayHold(first) && found.every((step) => step === first)) continue;
      const { key, acknowledged, last } = history;
      wrong.push(`${key} holds ${found.join(' and ')}; ${acknowledged} was acknowledged, ${last.version} attempted`);
    }
    return wrong;
  }

  /** One write of every key, all at the same time; answers their statuses. */
  async rewriteAll(): Promise<number[]> {
    return Promise.all(
      this.#histories.map(async (history, turn) => {
        const start = startTime();
        const step = history.begin(false, start);
        const { status } = await this.#gateway(turn).put(this.namespace, this.#body(history, step));
        if (status === 200) this.#acknowledge(history, step, start);
        else this.#recordWrite(history, step, start, 'unknown');
        return status;
      }),
    );
  }

  /** Writes every key, again where a gateway had no time for it; answers how many were acknowledged. */
  async acknowledgeAll(): Promise<number> {
    const acknowledged = await Promise.all(
      this.#histories.map(async (history, turn) => {
        for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
          if (await this.#put(history, turn + attempt)) return true;
        }
        return false;
      }),
    );
    return acknowledged.filter(Boolean).length;
  }

  /** Queues one write of every key and waits for none. */
  async queueAll(): Promise<Queued[]> {
    return Promise.all(
      this.#histories.map(async (history, turn) => {
        const start = startTime();
        const step = history.begin(false, start);
        const headers = { prefer: 'respond-async' };
        const answer = await this.#gateway(turn).put(this.namespace, this.#body(history, step), headers);
        this.#recordWrite(history, step, start, 'unknown');
        return { history, step, operation: String(answer.json()['id']) };
      }),
    );
  }

  /** Keys of the queued operations that any gateway calls applied. */
  async calledApplied(queued: readonly Queued[]): Promise<string[]> {
    const states = await Promise.all(
      queued.map(async ({ operation }, turn) => (await this.#gateway(turn).operation(operation)).json()['state']),
    );
    return queued.filter((_write, number) => states[number] === 'applied').map(({ history: { key } }) => key);
  }

  /** From here on everything that was queued must hold. */
  expectAll(queued: readonly Queued[]): void {
    for (const { history, step } of queued) history.acknowledge(step, endTime());
  }

  /** What every key holds, with the version that changes with every write. */
  async state(): Promise<Record<string, unknown>> {
    const [gateway] = this.cluster.gateways;
    const held: Record<string, unknown> = {};
    for (const { key } of this.#histories) held[key] = (await gateway?.value(this.namespace, key))?.json();
    return held;
  }

  async #write(own: readonly KeyHistory[], lane: number, enough: () => boolean): Promise<void> {
    for (let turn = lane; !enough(); turn += 1) {
      const history = own[turn % own.length];
      if (history === undefined) throw new Error('more lanes than keys');
      await this.#put(history, turn);
    }
  }

  /** Whether it was acknowledged. */
  async #put(history: KeyHistory, turn: number): Promise<boolean> {
    const { key } = history;
    const start = startTime();
    const step = history.begin(false, start);
    const write: Write = { key, step, sent: performance.now() };
    this.writes.push(write);
    try {
      const answer = await this.#gateway(turn).put(this.namespace, this.#body(history, step));
      if (answer.status === 504) await this.#later(write, answer, turn + 1);
      else if (answer.status !== 200) write.refused = `${answer.status} ${answer.text}`;
    } catch (error) {
      write.refused = String(error);
    }
    if (write.refused !== undefined) {
      this.#recordWrite(history, step, start, 'unknown');
      await pause(RETRY_DELAY_MS);
      return false;
    }
    write.applied = performance.now();
    this.#acknowledge(history, step, start);
    return true;
  }

  #acknowledge(history: KeyHistory, version: number, start: number): void {
    history.acknowledge(version, this.#recordWrite(history, version, start, 'ok'));
  }

  #recordWrite({ name: key }: KeyHistory, version: number, start: number, outcome: 'ok' | 'unknown'): number {
    const end = endTime();
    this.#operations.push({ op: 'write', key, version, start, end, instance: 'a gateway', outcome });
    return end;
  }

  #body(history: KeyHistory, step: number): { key: string; value: string } {
    return { key: history.key, value: `${this.options.mark ?? ''}${history.value(step)}` };
  }

  /** It was accepted: any gateway tells how it ends. */
  async #later(write: Write, answer: Answer, turn: number): Promise<void> {
    write.late = true;
    const { operation } = answer.json<{ operation?: string }>();
    const end = await until(
      `the operation ${operation} ends`,
      async () => {
        const ended = await this.#gateway(turn).operation(operation ?? '');
        if (ended.status !== 200) return `${ended.status} ${ended.text}`;
        const { state, code } = ended.json();
        return state === 'pending' ? undefined : String(code ?? state);
      },
      this.options.endTimeoutMs ?? END_TIMEOUT_MS,
    ).catch((error: unknown) => {
      write.inDoubt = true;
      return String(error);
    });
    if (end !== 'applied') write.refused = end;
  }

  async #read(gateway: Api, number: number): Promise<void> {
    this.answeredReads[number] ??= 0;
    while (!this.#over) {
      const history = this.#histories[Math.floor(Math.random() * this.#histories.length)];
      if (history === undefined) return;
      try {
        await this.#readOnce(gateway, number, history);
        this.answeredReads[number] = (this.answeredReads[number] ?? 0) + 1;
      } catch (error) {
        this.failedReads.push(String(error));
      }
      this.reads += 1;
      await pause(this.options.readIntervalMs ?? READ_INTERVAL_MS);
    }
  }

  /** Answers the version that was found, 0 for no secret. Rejects where the answer is none of the key's. */
  async #readOnce(gateway: Api, number: number, history: KeyHistory): Promise<number> {
    const start = startTime();
    const { status, text, json } = await this.#value(gateway, history.key);
    if (status !== 200 && status !== 404) throw new Error(`a read was answered ${status} ${text}`);
    const value = status === 404 ? undefined : String(json()['value']).slice(this.options.mark?.length ?? 0);
    const version = value === undefined ? 0 : history.versionOf(value);
    if (version === undefined)
      throw new Error(`a read of ${history.name} was answered with what was never written there`);
    const instance = `gateway ${number}`;
    this.#operations.push({ op: 'read', key: history.name, version, start, end: endTime(), instance, outcome: 'ok' });
    return version;
  }

  /** As often as it takes: a machine without time fails no property, and a store that stays away does. */
  async #value(gateway: Api, key: string): Promise<Answer> {
    const end = performance.now() + READ_TIMEOUT_MS;
    for (;;) {
      const answer = await gateway.value(this.namespace, key);
      if (!isBusy(answer) || performance.now() > end) return answer;
      this.repeatedReads += 1;
      await pause(READ_RETRY_DELAY_MS);
    }
  }

  #gateway(turn: number): Api {
    const { gateways } = this.cluster;
    const gateway = gateways[turn % gateways.length];
    if (gateway === undefined) throw new Error('there is no gateway');
    return gateway;
  }
}
