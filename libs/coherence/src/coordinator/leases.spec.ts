import { fenceOf } from '@coffer/secrets';
import type { Heartbeat } from '../heartbeat.js';
import type { LogOffset, LogRecord } from '../log-record.js';
import { DEFAULT_TIMING } from '../timing.js';
import { Coordinator } from './coordinator.js';
import type { CoordinatorEffect, CoordinatorEvent } from './events.js';

const { leaseMs: T, clockErrorMs } = DEFAULT_TIMING;
const LONGEST = T + clockErrorMs;

/** A coordinator that reads what it appends at once. */
class Scene {
  now = 0;
  readonly coordinator: Coordinator;
  readonly records: LogRecord[] = [];
  readonly effects: CoordinatorEffect[] = [];

  constructor(clears = false, alone = true) {
    this.coordinator = new Coordinator({ timing: DEFAULT_TIMING, alone, leases: true, clears });
  }

  handle(event: CoordinatorEvent): void {
    for (const effect of this.coordinator.handle(event, this.now)) {
      this.effects.push(effect);
      if (effect.type === 'append') this.append(effect.record);
    }
  }

  append(record: LogRecord): LogOffset {
    const offset = BigInt(this.records.push(record) - 1);
    this.handle({ type: 'log', entry: { shard: 0, offset, timestamp: this.now, record } });
    return offset;
  }

  prepare(): LogOffset {
    const [path, fence] = ['main/ns/key', fenceOf(1, BigInt(this.records.length))];
    return this.append({ type: 'PREPARE', partition: 0, owner: 0n, path, fence, operation: 'o', prepareNumber: 1 });
  }

  hear(heartbeat: Partial<Heartbeat>): void {
    const position = BigInt(this.records.length);
    this.handle({
      type: 'heartbeat',
      heartbeat: { shard: 0, instance: 'reader', position, leaving: false, ...heartbeat },
    });
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.handle({ type: 'tick' });
  }

  isCleared(prepareOffset: LogOffset): boolean {
    return this.records.some((record) => record.type === 'CLEARED' && record.prepareOffset === prepareOffset);
  }

  get granted(): (number | undefined)[] {
    return this.records.flatMap((record) => (record.type === 'GRANT' ? record.leases.map(({ nonce }) => nonce) : []));
  }
}

const inOffice = (clears = false): Scene => {
  const scene = new Scene(clears);
  scene.handle({ type: 'start', claim: 'me' });
  return scene;
};

const withReader = (clears = false): Scene => {
  const scene = inOffice(clears);
  scene.hear({ nonce: 0 });
  scene.pass(0);
  return scene;
};

describe('the coordinator with leases', () => {
  it('grants every T/4, also nothing', () => {
    const scene = inOffice();
    for (let passed = 0; passed <= T; passed += 50) scene.pass(50);
    expect(scene.records.filter(({ type }) => type === 'GRANT')).toHaveLength(5);
    expect(scene.granted).toEqual([]);
  });

  it('grants at the same moments as the coordinators of other shards, whenever each took over', () => {
    const times = (takenOverAt: number): number[] => {
      const scene = new Scene(false);
      scene.now = takenOverAt;
      scene.handle({ type: 'start', claim: 'me' });
      scene.pass(0);
      const found: number[] = [];
      while (scene.now < 3 * T) {
        const before = scene.records.length;
        scene.pass(50);
        if (scene.records.length > before && scene.now >= T) found.push(scene.now);
      }
      return found;
    };
    expect(times(150)).toEqual(times(400));
    expect(times(150).length).toBeGreaterThan(4);
  });

  it('rule 8: waits until the reader has read past the PREPARE', () => {
    const scene = withReader();
    expect(scene.granted).toEqual([0]);
    const offset = scene.prepare();
    scene.hear({ position: offset });
    expect(scene.isCleared(offset)).toBe(false);
    scene.hear({ position: offset + 1n });
    expect(scene.isCleared(offset)).toBe(true);
  });

  it('rule 8: or until its lease is over for certain, counted from the receipt of the heartbeat', () => {
    const scene = withReader();
    const offset = scene.prepare();
    scene.pass(LONGEST - 1);
    expect(scene.isCleared(offset)).toBe(false);
    scene.pass(1);
    expect(scene.isCleared(offset)).toBe(true);
  });

  it('clears at once where nobody holds a lease, or who held one has left', () => {
    const scene = inOffice();
    expect(scene.isCleared(scene.prepare())).toBe(true);
    const other = withReader();
    other.hear({ leaving: true });
    expect(other.isCleared(other.prepare())).toBe(true);
    other.hear({ nonce: 1, leaving: false });
    other.pass(T);
    expect(other.granted).toEqual([0]);
  });

  it('rule 9: grants nothing to a reader that is behind a PREPARE older than T/4', () => {
    const scene = withReader();
    const offset = scene.prepare();
    scene.now += T / 4;
    scene.hear({ nonce: 1, position: offset });
    scene.pass(T / 4);
    expect(scene.granted).toEqual([0]);
    scene.hear({ nonce: 2, position: offset + 1n });
    scene.pass(T / 4);
    expect(scene.granted).toEqual([0, 2]);
  });

  it('rule 9: a reader that is a little behind keeps its lease', () => {
    const scene = withReader();
    scene.now += T / 4;
    scene.hear({ nonce: 1, position: scene.prepare() });
    scene.handle({ type: 'tick' });
    expect(scene.granted).toEqual([0, 1]);
  });

  it('rule 10: clears Redis before CLEARED', () => {
    const scene = inOffice(true);
    const offset = scene.prepare();
    expect(scene.effects.at(-1)).toEqual({ type: 'clear', path: 'main/ns/key', prepareOffset: offset });
    expect(scene.isCleared(offset)).toBe(false);
    scene.handle({ type: 'clear-done', prepareOffset: offset });
    expect(scene.isCleared(offset)).toBe(true);
  });

  it('rule 10: waits for a Redis that does not answer once, and a quarter of a second', () => {
    const scene = inOffice(true);
    const offset = scene.prepare();
    scene.pass(249);
    expect(scene.isCleared(offset)).toBe(false);
    scene.pass(1);
    expect(scene.isCleared(offset)).toBe(true);
    const next = scene.prepare();
    expect(scene.isCleared(next)).toBe(true);
    scene.handle({ type: 'clear-done', prepareOffset: next });
    expect(scene.isCleared(scene.prepare())).toBe(false);
  });

  it('hands over who may hold a lease, so that its successor waits for nobody else', () => {
    const scene = withReader();
    scene.now += 100;
    scene.handle({ type: 'leave' });
    expect(scene.records.at(-1)).toEqual({
      type: 'HANDOVER',
      epoch: 0n,
      leases: [{ instance: 'reader', remaining: LONGEST - 100 }],
    });
    scene.pass(T);
    expect(scene.records.at(-1)?.type).toBe('HANDOVER');

    const successor = new Scene(false, false);
    for (const record of scene.records) successor.append(record);
    successor.handle({ type: 'start', claim: 'successor' });
    const offset = successor.prepare();
    expect(successor.isCleared(offset)).toBe(false);
    successor.hear({ position: offset + 1n });
    expect(successor.isCleared(offset)).toBe(true);
  });

  it('hands nothing over before its own wait is over', () => {
    const scene = new Scene(false, false);
    scene.handle({ type: 'start', claim: 'me' });
    scene.handle({ type: 'leave' });
    expect(scene.records.map(({ type }) => type)).toEqual(['EPOCH']);
  });
});
