import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { until, type Answer, type Api } from '../harness/index.js';
import { KeyHistory } from '../history/key-history.js';
import type { TestCluster } from '../cluster/test-cluster.js';

export interface TrafficOptions {
  readonly keys: number;
  /** Each has keys of its own, and one write under way. */
  readonly lanes: number;
  /** Put before each value, so that it can be searched for. */
  readonly mark?: string;
}

/** Times are of `performance.now`. */
export interface Write {
  readonly key: string;
  readonly step: number;
  readonly sent: number;
  /** When it was acknowledged, at once or by its operation. */
  applied?: number;
  /** Its operation was asked for, since the answer did not come in time. */
  late?: true;
  /** Not taken, or not known to be: it may be applied or not. */
  refused?: string;
  /** Its operation was still pending when nobody waited for it any more. */
  inDoubt?: true;
}

/** What a read is answered by a gateway, or for a store, that had no time for it: to be repeated. */
const isBusy = ({ status }: Answer): boolean => status === 503 || status === 504;

/** The rhythm of each reader, in milliseconds: the machine is there for the writes. */
const READ_EVERY = 4;
/** Before a lane goes on after a write that was not taken, in milliseconds. */
const AFTER_REFUSAL = 50;
/** For a write to end that was accepted but not answered in time, in milliseconds; bounds a failure only. */
const PATIENCE = 120_000;
/** Until a read is answered that a gateway without time was too slow for, in milliseconds; bounds a failure only. */
const READ_TIMEOUT_MS = 60_000;
/** Before such a read is repeated, in milliseconds. */
const READ_RETRY_DELAY_MS = 100;

/** A write that was queued without waiting for its end. */
export interface Queued {
  readonly history: KeyHistory;
  readonly step: number;
  readonly operation: string;
}

const stepOf = (value: unknown): number => Number(/ step (\d+)$/.exec(String(value))?.[1] ?? NaN);

/** Writers and readers through all gateways, and what must hold of every key. */
export class Traffic {
  readonly writes: Write[] = [];
  readonly violations: string[] = [];
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
    private readonly cluster: Pick<TestCluster, 'gateways'>,
    private readonly options: TrafficOptions,
  ) {
    this.#histories = Array.from({ length: options.keys }, (_, number) => new KeyHistory(`KEY_${number}`));
  }

  get acknowledged(): number {
    return this.writes.filter(({ applied }) => applied !== undefined).length;
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

  /** Writes until `enough` says so, and reads all the while. Resolves when nothing is under way any more. */
  async run(enough: () => boolean): Promise<void> {
    this.#over = false;
    const { lanes } = this.options;
    const readers = this.cluster.gateways.map((gateway, place) => this.#read(gateway, place));
    await Promise.all(
      Array.from({ length: lanes }, (_, lane) =>
        this.#write(
          this.#histories.filter((_history, number) => number % lanes === lane),
          lane,
          enough,
        ),
      ),
    );
    this.#over = true;
    await Promise.all(readers);
  }

  /** Resolves once every write that is under way now has ended. */
  async settled(): Promise<void> {
    const open = this.writes.filter(({ applied, refused }) => applied === undefined && refused === undefined);
    const ended = () => open.every(({ applied, refused }) => applied !== undefined || refused !== undefined);
    await until('the writes under way end', ended, 2 * PATIENCE);
  }

  /** Keys that, on some gateway, do not hold the last acknowledged write nor a later one, or on which gateways differ. */
  async wrongKeys(): Promise<string[]> {
    const wrong: string[] = [];
    for (const history of this.#histories) {
      const found = await Promise.all(
        this.cluster.gateways.map(async (gateway) => this.#found(await this.#value(gateway, history.key))),
      );
      const [first = NaN] = found;
      if (history.mayHold(first) && found.every((step) => step === first)) continue;
      const { key, acknowledged, attempted } = history;
      wrong.push(`${key} holds step ${found.join(' and ')}; ${acknowledged} was acknowledged, ${attempted} attempted`);
    }
    return wrong;
  }

  /** One write of every key, all at the same time; answers their statuses. */
  async rewriteAll(): Promise<number[]> {
    return Promise.all(
      this.#histories.map(async (history, turn) => {
        const step = history.attempt();
        const { status } = await this.#gateway(turn).put(this.namespace, this.#body(history, step));
        if (status === 200) history.acknowledge(step);
        return status;
      }),
    );
  }

  /** Queues one write of every key and waits for none. */
  async queueAll(): Promise<Queued[]> {
    return Promise.all(
      this.#histories.map(async (history, turn) => {
        const step = history.attempt();
        const headers = { prefer: 'respond-async' };
        const answer = await this.#gateway(turn).put(this.namespace, this.#body(history, step), headers);
        return { history, step, operation: String(answer.json()['id']) };
      }),
    );
  }

  /** Of what was queued, the keys of operations that any gateway calls applied. */
  async calledApplied(queued: readonly Queued[]): Promise<string[]> {
    const states = await Promise.all(
      queued.map(async ({ operation }, turn) => (await this.#gateway(turn).operation(operation)).json()['state']),
    );
    return queued.filter((_write, number) => states[number] === 'applied').map(({ history: { key } }) => key);
  }

  /** From here on everything that was queued must hold. */
  demandAll(queued: readonly Queued[]): void {
    for (const { history, step } of queued) history.acknowledge(step);
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

  async #put(history: KeyHistory, turn: number): Promise<void> {
    const { key } = history;
    const step = history.attempt();
    const write: Write = { key, step, sent: performance.now() };
    this.writes.push(write);
    try {
      const answer = await this.#gateway(turn).put(this.namespace, this.#body(history, step));
      if (answer.status === 504) await this.#later(write, answer, turn + 1);
      else if (answer.status !== 200) write.refused = `${answer.status} ${answer.text}`;
    } catch (error) {
      write.refused = String(error);
    }
    if (write.refused !== undefined) return pause(AFTER_REFUSAL);
    write.applied = performance.now();
    history.acknowledge(step);
  }

  #body({ key }: KeyHistory, step: number): { key: string; value: string } {
    return { key, value: `${this.options.mark ?? ''}${key} step ${step}` };
  }

  /** It was accepted: any gateway tells how it ends. */
  async #later(write: Write, answer: Answer, turn: number): Promise<void> {
    write.late = true;
    const { operation } = answer.json<{ operation?: string }>();
    const end = await until(
      `the operation ${operation} ends`,
      async () => {
        const told = await this.#gateway(turn).operation(operation ?? '');
        if (told.status !== 200) return `${told.status} ${told.text}`;
        const { state, code } = told.json();
        return state === 'pending' ? undefined : String(code ?? state);
      },
      PATIENCE,
    ).catch((error: unknown) => {
      write.inDoubt = true;
      return String(error);
    });
    if (end !== 'applied') write.refused = end;
  }

  async #read(gateway: Api, place: number): Promise<void> {
    this.answeredReads[place] ??= 0;
    while (!this.#over) {
      const history = this.#histories[Math.floor(Math.random() * this.#histories.length)];
      if (history === undefined) return;
      const floor = history.floor();
      try {
        const answer = await this.#value(gateway, history.key);
        const violation = history.returned(this.#found(answer), floor);
        if (violation !== undefined) this.violations.push(violation);
        this.answeredReads[place] = (this.answeredReads[place] ?? 0) + 1;
      } catch (error) {
        this.failedReads.push(String(error));
      }
      this.reads += 1;
      await pause(READ_EVERY);
    }
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

  #found({ status, text, json }: Answer): number {
    if (status === 404) return 0;
    if (status !== 200) throw new Error(`a read was answered ${status} ${text}`);
    return stepOf(json()['value']);
  }

  #gateway(turn: number): Api {
    const { gateways } = this.cluster;
    const gateway = gateways[turn % gateways.length];
    if (gateway === undefined) throw new Error('there is no gateway');
    return gateway;
  }
}
