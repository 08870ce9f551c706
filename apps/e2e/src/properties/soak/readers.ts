import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '@coffer/coherence/history';
import type { SeededRandom } from '@coffer/coherence/simulation';
import type { Answer } from '../../harness/index.js';
import { endTime, startTime, type HistoryFile } from '../../history/history-file.js';
import type { Name, Names } from './names.js';
import type { KeyHistory } from '../../history/key-history.js';
import type { FaultTargets, Gateway } from './fault-targets.js';
import type { Tally } from './tally.js';

type Timed = Pick<Operation, 'start' | 'end' | 'instance'>;

/** Between the reads of one gateway while it answers, and while it does not. */
const READ_INTERVAL_MS = { answering: 10, silent: 150 };
/** Reads in flight at one gateway from which on it counts as silent, and at which no more are sent. */
const IN_FLIGHT = { silent: 8, max: 80 };

const cacheOf = ({ headers }: Answer): NonNullable<Operation['cache']> => {
  const [, cache] = /; hit; detail=(l1|l2)/.exec(headers.get('cache-status') ?? '') ?? [];
  return cache === 'l1' || cache === 'l2' ? cache : 'store';
};

/**
 * Reads through every gateway. They keep coming while one of them is stopped, so that it finds, when it wakes, reads
 * that began after writes it knows nothing of.
 */
export class Readers {
  #over = false;
  readonly #inFlight = new Map<string, number>();

  constructor(
    private readonly targets: FaultTargets,
    private readonly names: Names,
    private readonly history: HistoryFile,
    private readonly tally: Tally,
    private readonly random: SeededRandom,
  ) {}

  /** Reads until `stop`; resolves when no read is under way. */
  async run(): Promise<void> {
    await Promise.all(this.targets.of('gateway').map(({ name }) => this.#keepReading(name)));
    while ([...this.#inFlight.values()].some((count) => count > 0)) await pause(READ_INTERVAL_MS.answering);
  }

  stop(): void {
    this.#over = true;
  }

  /** Right after a write was acknowledged: through every gateway. Resolves when they have answered. */
  async probe(name: Name, atChild: boolean): Promise<void> {
    await Promise.all(this.targets.gateways.map((gateway) => this.#read(gateway, name, atChild, false)));
  }

  async #keepReading(gatewayName: string): Promise<void> {
    while (!this.#over) {
      const gateway = this.targets.gateways.find((each) => each.member.name === gatewayName);
      const inFlight = this.#inFlight.get(gatewayName) ?? 0;
      if (gateway !== undefined && inFlight < IN_FLIGHT.max) {
        const name = this.names.toRead(this.random);
        void this.#read(gateway, name, this.random.chance(0.35), this.random.chance(0.03));
      }
      await pause(inFlight < IN_FLIGHT.silent ? READ_INTERVAL_MS.answering : READ_INTERVAL_MS.silent);
    }
  }

  async #read({ client, member, instance }: Gateway, name: Name, atChild: boolean, refresh: boolean): Promise<void> {
    this.#inFlight.set(member.name, (this.#inFlight.get(member.name) ?? 0) + 1);
    const namespace = atChild ? this.names.childNamespace : this.names.namespace;
    const path = `/coffer/v1/main/namespaces/${namespace}/values/${name.key}${refresh ? '?refresh=true' : ''}`;
    if (refresh) this.tally.refreshes += 1;
    const asked = (atChild ? name.child : undefined) ?? name.parent;
    const start = startTime();
    try {
      const answer = await client.call('GET', path);
      this.#answered(answer, name, atChild, { start, end: endTime(), instance });
    } catch {
      this.tally.unanswered += 1;
      this.#fail(asked, { start, end: endTime(), instance });
    } finally {
      this.#inFlight.set(member.name, (this.#inFlight.get(member.name) ?? 1) - 1);
    }
  }

  /**
   * One answer is one read of each path that it tells about: of those that were found to hold nothing, and of the one
   * whose value it is.
   */
  #answered(answer: Answer, name: Name, atChild: boolean, timed: Timed): void {
    const { status, text } = answer;
    const child = atChild ? name.child : undefined;
    const cache = cacheOf(answer);
    if (status === 404) {
      for (const register of [child, name.parent]) if (register !== undefined) this.#absent(register, timed, cache);
      return;
    }
    if (status !== 200) {
      this.tally.refusedReads.set(status, (this.tally.refusedReads.get(status) ?? 0) + 1);
      this.#fail(child ?? name.parent, timed);
      return;
    }
    const { namespace, value } = JSON.parse(text) as { namespace: string; value: string };
    const register = [child, name.parent].find((each) => each?.namespace === namespace);
    const version = register?.versionOf(value);
    if (register === undefined || version === undefined) {
      this.tally.wrong.push(`${name.key} read in ${namespace} was another path's: ${value}`);
      return;
    }
    if (register === name.parent && atChild) this.tally.inherited += 1;
    if (register === name.parent && child !== undefined) this.#absent(child, timed, cache);
    this.history.add({ op: 'read', key: register.name, version, ...timed, outcome: 'ok', cache });
  }

  #absent(register: KeyHistory, timed: Timed, cache: NonNullable<Operation['cache']>): void {
    const version = register.absentVersion(timed.start, timed.end);
    if (version === undefined) this.tally.ambiguous += 1;
    const known =
      version === undefined ? { version: 0, outcome: 'unknown' as const } : { version, outcome: 'ok' as const };
    this.history.add({ op: 'read', key: register.name, ...timed, ...known, cache });
  }

  #fail(register: KeyHistory, timed: Timed): void {
    this.history.add({ op: 'read', key: register.name, version: 0, ...timed, outcome: 'fail', cache: 'store' });
  }
}
