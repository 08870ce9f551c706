import { fenceOf } from '@coffer/secrets';
import type { LogRecord } from '../log-record.js';
import { DEFAULT_TIMING } from '../timing.js';
import { Coordinator, type CoordinatorOptions } from './coordinator.js';
import type { CoordinatorEffect, CoordinatorEvent } from './events.js';

const { leaseMs: T, clockErrorMs, clearedTimeoutMs } = DEFAULT_TIMING;
const MAX_LEASE_MS = T + clockErrorMs;
const START: CoordinatorEvent = { type: 'start', claim: 'me' };
const EPOCH: LogRecord = { type: 'EPOCH', claim: 'me' };
const OTHER: LogRecord = { type: 'EPOCH', claim: 'other' };
const SEND_EPOCH: CoordinatorEffect = { type: 'append', record: EPOCH };
const PREPARE: LogRecord = {
  ...{ type: 'PREPARE', partition: 0, owner: 0n, path: 'main/ns/key', fence: fenceOf(1, 1n), operation: 'o' },
  prepareNumber: 1,
};

/** A coordinator whose records come back only when the test says so. */
class Scene {
  now = 0;
  readonly coordinator: Coordinator;
  #offset = -1n;

  constructor(options: Partial<CoordinatorOptions> = {}) {
    this.coordinator = new Coordinator({ timing: DEFAULT_TIMING, alone: true, ...options });
  }

  handle(event: CoordinatorEvent): CoordinatorEffect[] {
    return this.coordinator.handle(event, this.now);
  }

  /** The offset of the latest record. */
  get latest(): bigint {
    return this.#offset;
  }

  read(record: LogRecord): CoordinatorEffect[] {
    this.#offset += 1n;
    const entry = { shard: 0, offset: this.#offset, timestamp: this.now, record };
    return this.handle({ type: 'log', entry });
  }

  pass(milliseconds: number): CoordinatorEffect[] {
    this.now += milliseconds;
    return this.handle({ type: 'tick' });
  }

  hear(position: bigint, nonce?: number): CoordinatorEffect[] {
    const heartbeat = { shard: 0, instance: 'reader', position, leaving: false };
    return this.handle({ type: 'heartbeat', heartbeat: { ...heartbeat, ...(nonce === undefined ? {} : { nonce }) } });
  }

  /** Looks at the log's end as often as it should, for so long; answers what that brings. */
  watch(milliseconds: number): CoordinatorEffect[] {
    const effects: CoordinatorEffect[] = [];
    for (const end = this.now + milliseconds; this.now < end;) {
      this.now += 250;
      if (this.coordinator.suspects(this.now)) effects.push(...this.handle({ type: 'caught-up', claim: 'me' }));
    }
    return effects;
  }
}

const inOffice = (options: Partial<CoordinatorOptions> = {}): Scene => {
  const scene = new Scene(options);
  scene.handle(START);
  scene.read(EPOCH);
  return scene;
};

describe('a coordinator that has nothing to do', () => {
  it('is neither busy nor active, and suspects nobody', () => {
    const { coordinator } = new Scene({ leases: true });
    expect([coordinator.busy, coordinator.active, coordinator.suspects(60_000), coordinator.holders(0)]).toEqual([
      ...[false, false, false, 0],
    ]);
  });

  it('says nothing, whatever it reads', () => {
    const scene = new Scene({ leases: true });
    const records: LogRecord[] = [
      ...[OTHER, PREPARE, { type: 'GRANT', epoch: 0n, leases: [] } as const],
      ...[
        { type: 'CLEARED', epoch: 0n, prepareOffset: 1n } as const,
        { type: 'OWNER', partition: 0, claim: 'x' } as const,
      ],
      ...[{ type: 'HANDOVER', epoch: 0n, leases: [] } as const, { type: 'GRANT', epoch: -1n, leases: [] } as const],
    ];
    for (const record of records) expect(scene.read(record)).toEqual([]);
    expect([scene.pass(60_000), scene.handle({ type: 'leave' }), scene.hear(9n)]).toEqual([[], [], []]);
    expect(scene.handle({ type: 'caught-up', claim: 'me' })).toEqual([]);
  });
});

describe('a coordinator that has its shard', () => {
  it('is busy while it grants leases, while a writer waits, and until it has handed over', () => {
    expect(inOffice({ leases: true }).coordinator.busy).toBe(true);
    const scene = inOffice({ alone: false });
    expect(scene.coordinator.busy).toBe(false);
    scene.read(PREPARE);
    expect(scene.coordinator.busy).toBe(true);
    scene.pass(MAX_LEASE_MS);
    expect(scene.coordinator.busy).toBe(false);
    const early = inOffice({ alone: false });
    early.handle({ type: 'leave' });
    expect(early.coordinator.busy).toBe(true);
    early.pass(MAX_LEASE_MS);
    expect(early.coordinator.busy).toBe(false);
  });

  it('suspects nobody, also while a writer waits for it', () => {
    const scene = inOffice({ alone: false });
    scene.read(PREPARE);
    expect(scene.coordinator.suspects(60_000)).toBe(false);
    expect(scene.handle({ type: 'caught-up', claim: 'again' })).toEqual([]);
  });

  it('takes it once, and anew only after it was to leave', () => {
    const scene = inOffice();
    expect([scene.handle(START), scene.coordinator.active]).toEqual([[], true]);
    scene.handle({ type: 'leave' });
    expect([scene.handle(START), scene.coordinator.active]).toEqual([[SEND_EPOCH], false]);
  });

  it('waits for nobody where it takes anew what was its own', () => {
    const scene = inOffice({ alone: false });
    scene.handle({ type: 'leave' });
    expect(scene.handle({ ...START, patient: true })).toEqual([SEND_EPOCH]);
  });

  it('clears and hands over nothing between two epochs of its own', () => {
    const scene = inOffice({ leases: true });
    scene.hear(0n, 1);
    scene.pass(0);
    expect(scene.coordinator.holders(scene.now)).toBe(1);
    scene.read(PREPARE);
    expect(scene.handle({ type: 'leave' })).toMatchObject([{ record: { type: 'HANDOVER' } }]);
    scene.handle(START);
    expect(scene.hear(100n)).toEqual([]);
    expect(scene.handle({ type: 'leave' })).toEqual([]);
    scene.handle(START);
    expect(scene.read(EPOCH)).toEqual([]);
    expect(scene.pass(0)[0]).toMatchObject({ record: { type: 'CLEARED', epoch: 2n, prepareOffset: 1n } });
  });

  it('does not wait again when its EPOCH stands in the log twice', () => {
    const scene = inOffice({ alone: false });
    scene.now = MAX_LEASE_MS;
    expect(scene.read(EPOCH)).toEqual([]);
    expect(scene.read(PREPARE)).toMatchObject([{ record: { type: 'CLEARED', epoch: 1n } }]);
  });

  it('hands over in the very step in which its wait is over', () => {
    const scene = inOffice();
    expect(scene.handle({ type: 'leave' })).toEqual([
      { type: 'append', record: { type: 'HANDOVER', epoch: 0n, leases: [] } },
    ]);
  });

  it('waits for who held a lease of its predecessor as long as told, and the error of clocks', () => {
    const scene = new Scene({ alone: false });
    scene.read(OTHER);
    scene.read({ type: 'HANDOVER', epoch: 0n, leases: [{ instance: 'reader', remaining: 500 }] });
    scene.handle(START);
    scene.read(EPOCH);
    expect(scene.read(PREPARE)).toEqual([]);
    expect(scene.pass(499 + clockErrorMs)).toEqual([]);
    expect(scene.pass(1)).toMatchObject([{ record: { type: 'CLEARED' } }]);
  });

  it('hands nothing over in an epoch that it takes after it had lost the one it was to leave', () => {
    const scene = inOffice({ alone: false });
    scene.handle({ type: 'leave' });
    expect(scene.read(OTHER)).toEqual([{ type: 'stopped' }]);
    scene.read(PREPARE);
    expect(scene.watch(MAX_LEASE_MS + 3_000)).toEqual([{ type: 'silent' }, SEND_EPOCH]);
    scene.read(EPOCH);
    expect(scene.pass(MAX_LEASE_MS).map((effect) => effect.type === 'append' && effect.record.type)).not.toContain(
      'HANDOVER',
    );
  });
});

describe('a coordinator that is to have the shard', () => {
  it('waits where it is patient and somebody has it, from the log’s first record on', () => {
    const scene = new Scene({ alone: false });
    scene.read(OTHER);
    expect([scene.latest, scene.handle({ ...START, patient: true })]).toEqual([0n, []]);
  });

  it('sends its EPOCH again as soon as it seems lost, also while the other one speaks', () => {
    const scene = new Scene({ alone: false });
    scene.read(OTHER);
    scene.handle(START);
    scene.now = 1_000;
    scene.read({ type: 'GRANT', epoch: 0n, leases: [] });
    expect(scene.pass(clearedTimeoutMs - 1_001)).toEqual([]);
    expect(scene.pass(1)).toEqual([SEND_EPOCH]);
  });

  it('sends none any more when it shall not have it after all', () => {
    const scene = new Scene({ alone: false });
    scene.read(OTHER);
    scene.handle({ ...START, patient: true });
    scene.handle({ type: 'leave' });
    expect([scene.coordinator.busy, scene.pass(60_000)]).toEqual([false, []]);
  });

  it('hands nothing over where it had nothing to leave before', () => {
    const scene = new Scene({ alone: false });
    scene.read(OTHER);
    scene.handle({ type: 'leave' });
    scene.read(PREPARE);
    expect(scene.watch(MAX_LEASE_MS + 3_000)).toEqual([{ type: 'silent' }, SEND_EPOCH]);
    scene.read(EPOCH);
    expect(scene.pass(MAX_LEASE_MS)).toEqual([]);
  });
});

describe('a coordinator that another one takes for gone', () => {
  /** How long it must have been silent since the PREPARE. */
  const patienceAfter = (...records: LogRecord[]): number => {
    const scene = new Scene({ alone: false });
    for (const record of records) scene.read(record);
    const epoch = scene.latest + 1n;
    scene.read({ type: 'EPOCH', claim: 'present' });
    scene.now = MAX_LEASE_MS;
    scene.read({ type: 'GRANT', epoch, leases: [] });
    scene.read(PREPARE);
    const began = scene.now;
    while (scene.watch(250).length === 0 && scene.now < 60_000);
    return scene.now - began;
  };
  const grant = (epoch: bigint): LogRecord => ({ type: 'GRANT', epoch, leases: [] });
  const usual = patienceAfter();

  it('was gone where it says nothing more, or what is no sign of life', () => {
    expect(usual).toBeLessThan(3_000);
    expect(patienceAfter(OTHER, OTHER)).toBe(usual);
    const owner: LogRecord = { type: 'OWNER', partition: 1, claim: 'x' };
    expect(patienceAfter(OTHER, OTHER, owner, owner, { ...PREPARE, partition: 1, owner: 2n })).toBe(usual);
  });

  it.each<[string, LogRecord]>([
    ['grants', grant(0n)],
    ['clears', { type: 'CLEARED', epoch: 0n, prepareOffset: 0n }],
  ])('was slow where it %s still, and counts as that once', (_what, record) => {
    const once = patienceAfter(OTHER, OTHER, record);
    expect(once).toBeGreaterThan(1.5 * usual);
    expect(patienceAfter(OTHER, OTHER, record, record, record)).toBe(once);
  });

  it('was neither where it had handed over, or where nothing was taken from it', () => {
    const handover: LogRecord = { type: 'HANDOVER', epoch: 0n, leases: [] };
    expect(patienceAfter(OTHER, handover, OTHER, grant(0n))).toBe(usual);
    expect(patienceAfter(grant(9n), grant(3n))).toBe(usual);
  });
});
