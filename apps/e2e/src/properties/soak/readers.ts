import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '@coffer/coherence/history';
import type { GatewayAnswer } from '../../harness/gateway-client.js';
import { endTime, startTime, type History } from '../../history/history-file.js';
import type { Name, Names } from './names.js';
import type { Random } from '../../workload/random.js';
import type { Register } from '../../history/register.js';
import type { Stage } from './stage.js';
import type { Tally } from './tally.js';

type Gateway = Stage['gateways'][number];
type Timed = Pick<Operation, 'start' | 'end' | 'instance'>;

/** Between the reads of one gateway, in milliseconds, while it answers, and while it does not. */
const RHYTHM = { answering: 10, silent: 150 };
/** Reads under way at one gateway from which on it counts as silent, and at which no more are sent. */
const UNDER_WAY = { silent: 8, most: 80 };

const cacheOf = ({ cacheStatus }: GatewayAnswer): NonNullable<Operation['cache']> =>
  /; hit; detail=(l1|l2)/.exec(cacheStatus)?.[1] === 'l1'
    ? 'l1'
    : /; hit; detail=l2/.test(cacheStatus)
      ? 'l2'
      : 'store';

/**
 * Reads through every gateway. They keep coming while one of them is stopped, so that it finds, when it wakes, reads
 * that began after writes it knows nothing of.
 */
export class Readers {
  #over = false;
  readonly #underWay = new Map<string, number>();

  constructor(
    private readonly stage: Stage,
    private readonly names: Names,
    private readonly history: History,
    private readonly tally: Tally,
    private readonly random: Random,
  ) {}

  /** Reads until `stop`; resolves when no read is under way. */
  async run(): Promise<void> {
    await Promise.all(this.stage.of('gateway').map(({ name }) => this.#keepReading(name)));
    while ([...this.#underWay.values()].some((count) => count > 0)) await pause(RHYTHM.answering);
  }

  stop(): void {
    this.#over = true;
  }

  /** Right after a write was acknowledged: through every gateway. Resolves when they have answered. */
  async probe(name: Name, atChild: boolean): Promise<void> {
    await Promise.all(this.stage.gateways.map((gateway) => this.#read(gateway, name, atChild, false)));
  }

  async #keepReading(place: string): Promise<void> {
    while (!this.#over) {
      const gateway = this.stage.gateways.find((each) => each.place.name === place);
      const underWay = this.#underWay.get(place) ?? 0;
      if (gateway !== undefined && underWay < UNDER_WAY.most) {
        const name = this.names.toRead(this.random);
        void this.#read(gateway, name, this.random.chance(0.35), this.random.chance(0.03));
      }
      await pause(underWay < UNDER_WAY.silent ? RHYTHM.answering : RHYTHM.silent);
    }
  }

  async #read({ client, place, instance }: Gateway, name: Name, atChild: boolean, refresh: boolean): Promise<void> {
    this.#underWay.set(place.name, (this.#underWay.get(place.name) ?? 0) + 1);
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
      this.#underWay.set(place.name, (this.#underWay.get(place.name) ?? 1) - 1);
    }
  }

  /**
   * One answer is one read of each path that it tells about: of those that were found to hold nothing, and of the one
   * whose value it is.
   */
  #answered(answer: GatewayAnswer, name: Name, atChild: boolean, timed: Timed): void {
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

  #absent(register: Register, timed: Timed, cache: NonNullable<Operation['cache']>): void {
    const version = register.absentVersion(timed.start, timed.end);
    if (version === undefined) this.tally.ambiguous += 1;
    const known =
      version === undefined ? { version: 0, outcome: 'unknown' as const } : { version, outcome: 'ok' as const };
    this.history.add({ op: 'read', key: register.name, ...timed, ...known, cache });
  }

  #fail(register: Register, timed: Timed): void {
    this.history.add({ op: 'read', key: register.name, version: 0, ...timed, outcome: 'fail', cache: 'store' });
  }
}
