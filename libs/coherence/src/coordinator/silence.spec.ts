import { fenceOf } from '@coffer/secrets';
import type { LogRecord } from '../log-record.js';
import { DEFAULT_TIMING } from '../timing.js';
import { Coordinator } from './coordinator.js';

const LOOK = 250;
const LONGEST = DEFAULT_TIMING.lease + DEFAULT_TIMING.clockError;
/** By then a silence must have been noticed, in milliseconds. */
const NOTICED = 2_500;

const PREPARE: LogRecord = {
  ...{ type: 'PREPARE', partition: 0, owner: 0n, path: 'main/ns/key', fence: fenceOf(1, 1n), operation: 'o' },
  attempt: 1,
};

/** A coordinator that does not have the shard, and reads what the one that has it says. */
class Standby {
  now = 0;
  readonly coordinator = new Coordinator({ timing: DEFAULT_TIMING, alone: false, leases: true });
  #offset = 0n;

  read(record: LogRecord): bigint {
    const offset = (this.#offset += 1n);
    this.coordinator.handle({ type: 'log', entry: { shard: 0, offset, timestamp: this.now, record } }, this.now);
    return offset;
  }

  /** Lets time pass, and looks at the log's end as often as it should. Answers whether it would take the shard over. */
  passes(milliseconds: number, look = LOOK): boolean {
    let silent = false;
    for (const end = this.now + milliseconds; this.now < end;) {
      this.now = Math.min(end, this.now + look);
      if (!this.coordinator.doubtful(this.now)) continue;
      silent ||= this.coordinator.handle({ type: 'abreast' }, this.now).some(({ type }) => type === 'silent');
    }
    return silent;
  }
}

describe('a coordinator that does not have the shard', () => {
  let standby: Standby;
  let epoch: bigint;
  beforeEach(() => {
    standby = new Standby();
    epoch = standby.read({ type: 'EPOCH', claim: 'other' });
    standby.passes(LONGEST);
  });

  it('takes a shard for silent whose coordinator leaves a writer waiting and says nothing', () => {
    standby.read(PREPARE);
    expect(standby.passes(1_500)).toBe(false);
    expect(standby.passes(NOTICED - 1_500)).toBe(true);
  });

  it('doubts no coordinator that nobody waits for', () => {
    expect(standby.passes(60_000)).toBe(false);
    expect(standby.coordinator.doubtful(standby.now)).toBe(false);
  });

  it('takes an answer, and a grant to nobody while a reader is waited for, as a sign of life', () => {
    const prepareOffset = standby.read(PREPARE);
    for (let passed = 0; passed < 10; passed += 1) {
      expect(standby.passes(DEFAULT_TIMING.lease / 4)).toBe(false);
      standby.read({ type: 'GRANT', epoch, leases: [] });
      standby.read(PREPARE);
    }
    standby.read({ type: 'CLEARED', epoch, prepareOffset });
    expect(standby.passes(60_000)).toBe(false);
  });

  it('does not mind what a coordinator says whose epoch is over', () => {
    standby.read({ type: 'EPOCH', claim: 'another' });
    standby.passes(LONGEST);
    standby.read(PREPARE);
    standby.passes(1_500);
    standby.read({ type: 'GRANT', epoch, leases: [] });
    expect(standby.passes(NOTICED - 1_500)).toBe(true);
  });

  it('lets a new coordinator be silent until its T + ε is over', () => {
    standby.read({ type: 'EPOCH', claim: 'another' });
    standby.read(PREPARE);
    expect(standby.passes(LONGEST + 1_500)).toBe(false);
    expect(standby.passes(NOTICED - 1_500)).toBe(true);
  });

  it('counts no time in which it could not look at the end of the log', () => {
    standby.read(PREPARE);
    expect(standby.passes(60_000, 1_500)).toBe(false);
    expect(standby.passes(NOTICED)).toBe(true);
  });

  it('does not take a shard over that it has, or is taking over', () => {
    standby.read(PREPARE);
    standby.coordinator.handle({ type: 'start', claim: 'me' }, standby.now);
    expect(standby.passes(60_000)).toBe(false);
    standby.read({ type: 'EPOCH', claim: 'me' });
    standby.read(PREPARE);
    expect(standby.passes(60_000)).toBe(false);
  });

  it('ignores that it shall leave what it does not have, and leaves once what it has', () => {
    const { coordinator } = standby;
    expect(coordinator.handle({ type: 'leave' }, standby.now)).toEqual([]);
    coordinator.handle({ type: 'start', claim: 'me' }, standby.now);
    standby.read({ type: 'EPOCH', claim: 'me' });
    standby.now += LONGEST;
    expect(coordinator.handle({ type: 'leave' }, standby.now)).toHaveLength(1);
    expect(coordinator.handle({ type: 'leave' }, standby.now)).toEqual([]);
  });
});
