import { fenceOf } from '@coffer/secrets';
import type { LogRecord } from '../log-record.js';
import { DEFAULT_TIMING } from '../timing.js';
import { Coordinator } from './coordinator.js';
import type { CoordinatorEvent } from './events.js';

const LOOK_INTERVAL_MS = 250;
const LONGEST = DEFAULT_TIMING.leaseMs + DEFAULT_TIMING.clockErrorMs;
/** No silence yet, and one that must have been noticed. Milliseconds. */
const [SHORT, LONG] = [1_750, 2_500];

const PREPARE: LogRecord = {
  ...{ type: 'PREPARE', partition: 0, owner: 0n, path: 'main/ns/key', fence: fenceOf(1, 1n), operation: 'o' },
  prepareNumber: 1,
};

/** A coordinator that reads what another one says that has the shard. */
class Standby {
  now = 0;
  readonly sent: LogRecord[] = [];
  readonly coordinator: Coordinator;
  #offset = 0n;

  constructor(leases: boolean) {
    this.coordinator = new Coordinator({ timing: DEFAULT_TIMING, alone: false, leases });
  }

  handle(event: CoordinatorEvent): void {
    for (const effect of this.coordinator.handle(event, this.now)) {
      if (effect.type === 'append') this.sent.push(effect.record);
    }
  }

  read(record: LogRecord): bigint {
    const offset = (this.#offset += 1n);
    this.handle({ type: 'log', entry: { shard: 0, offset, timestamp: this.now, record } });
    return offset;
  }

  /** Lets time pass, and looks at the log's end as often as it should. Answers whether it claims the shard by then. */
  claims(milliseconds: number, look = LOOK_INTERVAL_MS): boolean {
    for (const end = this.now + milliseconds; this.now < end;) {
      this.now = Math.min(end, this.now + look);
      if (this.coordinator.busy) this.handle({ type: 'tick' });
      if (this.coordinator.suspects(this.now)) this.handle({ type: 'caught-up', claim: 'standby' });
    }
    return this.sent.some(({ type }) => type === 'EPOCH');
  }

  /** Its own EPOCH, which it has just sent, is in the log. */
  readOwn(): bigint {
    const own = this.sent.find(({ type }) => type === 'EPOCH');
    if (own === undefined) throw new Error('it has claimed nothing');
    this.sent.length = 0;
    return this.read(own);
  }
}

describe.each([
  ['grants leases', true],
  ['grants none', false],
])('a coordinator without the shard, where the one that has it %s,', (_, leases) => {
  let standby: Standby;
  let epoch: bigint;
  beforeEach(() => {
    standby = new Standby(leases);
    epoch = standby.read({ type: 'EPOCH', claim: 'other' });
    standby.claims(LONGEST);
    standby.read({ type: 'GRANT', epoch, leases: [] });
  });

  it('takes the shard over when a writer waits and nothing is said', () => {
    standby.read(PREPARE);
    expect(standby.claims(SHORT)).toBe(false);
    expect(standby.claims(LONG - SHORT)).toBe(true);
  });

  it('takes it over when nobody waits only where a GRANT is due', () => {
    expect(standby.claims(60_000)).toBe(leases);
  });

  it('takes an answer, and a grant while a reader is waited for, as a sign of life', () => {
    for (let passed = 0; passed < 10; passed += 1) {
      standby.read(PREPARE);
      expect(standby.claims(DEFAULT_TIMING.leaseMs / 4)).toBe(false);
      standby.read({ type: 'GRANT', epoch, leases: [] });
    }
    for (let passed = 0; passed < 10; passed += 1) {
      const prepareOffset = standby.read(PREPARE);
      expect(standby.claims(1_000)).toBe(false);
      standby.read({ type: 'CLEARED', epoch, prepareOffset });
    }
  });

  it('takes nothing that is said in an epoch that is over as a sign of life of the present one', () => {
    standby.read({ type: 'EPOCH', claim: 'another' });
    standby.claims(LONGEST);
    standby.read(PREPARE);
    standby.claims(SHORT);
    standby.read({ type: 'GRANT', epoch, leases: [] });
    expect(standby.claims(2 * DEFAULT_TIMING.leaseMs + 500 - SHORT)).toBe(true);
  });

  it('lets a new one be silent until its T + ε is over, which one that was handed the shard has not', () => {
    standby.read({ type: 'EPOCH', claim: 'another' });
    standby.read(PREPARE);
    expect(standby.claims(LONGEST + SHORT)).toBe(false);
    epoch = standby.read({ type: 'EPOCH', claim: 'a third' });
    standby.read({ type: 'HANDOVER', epoch, leases: [] });
    standby.read({ type: 'EPOCH', claim: 'a fourth' });
    standby.read(PREPARE);
    expect(standby.claims(LONG)).toBe(true);
  });

  it('counts no time in which it could not look at the end of the log', () => {
    standby.read(PREPARE);
    expect(standby.claims(60_000, 1_500)).toBe(false);
    expect(standby.claims(LONG)).toBe(true);
  });

  it('allows others as much time as it is late itself', () => {
    standby.read(PREPARE);
    expect(standby.claims(LONG, 900)).toBe(false);
    expect(standby.claims(4 * LONG, 900)).toBe(true);
  });

  describe('after it took the shard from a coordinator', () => {
    const takeOver = (): bigint => {
      standby.read(PREPARE);
      standby.claims(LONG);
      const own = standby.readOwn();
      // And loses it, so that it watches again.
      const next = standby.read({ type: 'EPOCH', claim: 'another' });
      standby.sent.length = 0;
      expect(own).toBeLessThan(next);
      return own;
    };
    const watch = (of: bigint): void => {
      standby.claims(LONGEST);
      standby.read({ type: 'GRANT', epoch: of, leases: [] });
      standby.read(PREPARE);
    };

    it('that was slow and not gone, gives the next one twice the time, for a minute', () => {
      const own = takeOver();
      standby.read({ type: 'GRANT', epoch: own, leases: [] });
      watch(own + 1n);
      expect(standby.claims(LONG)).toBe(false);
      expect(standby.claims(4_500 - LONG)).toBe(true);
    });

    it('that was slow time after time, gives the next one four times the time, and no more', () => {
      for (let round = 0; round < 5; round += 1) {
        const spoken = standby.read({ type: 'EPOCH', claim: `slow ${round}` });
        standby.read({ type: 'EPOCH', claim: `next ${round}` });
        standby.read({ type: 'GRANT', epoch: spoken, leases: [] });
      }
      const last = standby.read({ type: 'EPOCH', claim: 'last' });
      watch(last);
      expect(standby.claims(7_500)).toBe(false);
      expect(standby.claims(1_500)).toBe(true);
    });

    it('that was gone, or slow long ago, gives the next one no more time', () => {
      const own = takeOver();
      watch(own + 1n);
      expect(standby.claims(LONG)).toBe(true);
      const last = standby.readOwn();
      const present = standby.read({ type: 'EPOCH', claim: 'a third' });
      standby.read({ type: 'GRANT', epoch: last, leases: [] });
      for (let passed = 0; passed < 130; passed += 1) {
        standby.claims(500);
        standby.read({ type: 'GRANT', epoch: present, leases: [] });
      }
      standby.sent.length = 0;
      standby.read(PREPARE);
      expect(standby.claims(LONG)).toBe(true);
    });
  });

  it('claims the shard once', () => {
    standby.read(PREPARE);
    standby.claims(LONG);
    standby.readOwn();
    standby.read(PREPARE);
    expect(standby.claims(60_000)).toBe(false);
  });

  describe('that shall have it', () => {
    const start = (): void => standby.handle({ type: 'start', claim: 'standby', patient: true });

    it('waits until the other hands over, and then for the leases that it is told of alone', () => {
      start();
      expect(standby.claims(SHORT)).toBe(false);
      standby.read({ type: 'HANDOVER', epoch, leases: [] });
      expect(standby.readOwn()).toBeGreaterThan(epoch);
      standby.read(PREPARE);
      expect(standby.sent.map(({ type }) => type)).toContain('CLEARED');
    });

    it('takes it over when the other falls silent', () => {
      start();
      standby.read(PREPARE);
      expect(standby.claims(LONG)).toBe(true);
    });

    it('takes it over some time after the last sign of life', () => {
      start();
      for (let passed = 0; passed < 60; passed += 1) {
        expect(standby.claims(1_000)).toBe(false);
        standby.read({ type: 'GRANT', epoch, leases: [] });
      }
      expect(standby.claims(12_000)).toBe(true);
    });

    it('does not wait where nobody has been, or where the other one has handed over', () => {
      const first = new Standby(leases);
      first.handle({ type: 'start', claim: 'first', patient: true });
      expect(first.sent).toHaveLength(1);
      standby.read({ type: 'HANDOVER', epoch, leases: [] });
      start();
      expect(standby.sent).toHaveLength(1);
    });

    it('claims nothing when it shall not have it any more', () => {
      start();
      standby.handle({ type: 'leave' });
      standby.read({ type: 'HANDOVER', epoch, leases: [] });
      expect(standby.sent).toEqual([]);
    });

    it('hands over as soon as it can, once', () => {
      standby.handle({ type: 'start', claim: 'standby' });
      standby.handle({ type: 'leave' });
      standby.readOwn();
      standby.claims(LONGEST - LOOK_INTERVAL_MS);
      expect(standby.sent).toEqual([]);
      standby.claims(LOOK_INTERVAL_MS);
      standby.handle({ type: 'leave' });
      standby.claims(LONGEST);
      expect(standby.sent.map(({ type }) => type)).toEqual(['HANDOVER']);
    });
  });
});
