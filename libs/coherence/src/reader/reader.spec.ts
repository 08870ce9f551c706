import { fenceOf, type Fence } from '@coffer/secrets';
import type { LogEntry, LogOffset, LogRecord } from '../log-record.js';
import { DEFAULT_TIMING } from '../timing.js';
import type { ReaderEffect, ReaderEvent } from './events.js';
import { Reader } from './reader.js';

const PATH = 'main/ns/key';
const { leaseMs: T, windowMs: WINDOW_MS } = DEFAULT_TIMING;
const fence = (offset: number, generation = 1): Fence => fenceOf(generation, BigInt(offset));

const owned = (at: Fence, path: string) => ({ partition: 1, owner: 0n, path, fence: at, operation: 'operation' });
const prepare = (at: Fence, path = PATH): LogRecord => ({ type: 'PREPARE', ...owned(at, path), prepareNumber: 1 });
const ended = (at: Fence, path: string) => ({ ...owned(at, path), kind: 'put', fingerprint: '' }) as const;
const commit = (at: Fence, path = PATH): LogRecord => ({
  type: 'COMMIT',
  ...ended(at, path),
  outcome: 'applied',
  sealed: new Uint8Array(),
});
const abort = (at: Fence, path = PATH): LogRecord => ({ type: 'ABORT', ...ended(at, path), code: 'denied' });

class Scene {
  now = 0;
  readonly effects: ReaderEffect[] = [];
  readonly reader: Reader;
  #offset: LogOffset = 0n;
  readonly epoch: LogOffset;

  constructor(mode: 'strict' | 'bounded' = 'strict', keysMaxBytes = Infinity) {
    this.reader = new Reader({ shard: 0, instance: 'me', timing: DEFAULT_TIMING, mode, keysMaxBytes });
    this.handle({ type: 'replay' });
    this.epoch = this.read({ type: 'EPOCH', claim: 'coordinator' });
  }

  handle(event: ReaderEvent): ReaderEffect[] {
    const effects = this.reader.handle(event, this.now);
    this.effects.push(...effects);
    return effects;
  }

  read(record: LogRecord): LogOffset {
    const entry: LogEntry = { shard: 0, offset: this.#offset++, timestamp: this.now, record };
    this.handle({ type: 'log', entry });
    return entry.offset;
  }

  /** The latest heartbeat's. */
  grant(): void {
    const nonces = this.effects.flatMap((effect) => (effect.type === 'heartbeat' ? [effect.heartbeat.nonce] : []));
    const nonce = nonces.findLast((one) => one !== undefined) ?? -1;
    this.read({ type: 'GRANT', epoch: this.epoch, leases: [{ instance: 'me', nonce }] });
  }

  hitShared(tag = 0n, path = PATH): boolean {
    return this.reader.hitShared(path, { tag, expires: Infinity }, this.now);
  }

  hit(tag = 0n, expires = Infinity, path = PATH): boolean {
    return this.reader.hit(path, { tag, expires }, this.now);
  }
}

const leased = (): Scene => {
  const scene = new Scene();
  scene.grant();
  return scene;
};

describe('the reader', () => {
  it('serves nothing before its first lease, and nothing once it is over', () => {
    const scene = new Scene();
    expect(scene.hit()).toBe(false);
    scene.grant();
    scene.now = T - 1;
    expect(scene.hit()).toBe(true);
    scene.now = T;
    expect(scene.hit()).toBe(false);
  });

  it('counts a lease from when the heartbeat was sent, however late the GRANT is read', () => {
    const scene = new Scene();
    scene.now = T - 1;
    scene.grant();
    expect(scene.hit()).toBe(true);
    scene.now = T;
    expect(scene.hit()).toBe(false);
  });

  it('asks for a lease every T/4, with a nonce that was never used', () => {
    const scene = new Scene();
    for (scene.now = 0; scene.now < T; scene.now += 10) scene.handle({ type: 'tick' });
    scene.handle({ type: 'replay' });
    const nonces = scene.effects.flatMap((effect) => (effect.type === 'heartbeat' ? [effect.heartbeat.nonce] : []));
    expect(nonces).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuses an entry that has expired, or whose tag is below the fence', () => {
    const scene = leased();
    expect(scene.hit(0n, 1)).toBe(true);
    scene.now = 1;
    expect(scene.hit(0n, 1)).toBe(false);
    scene.read(prepare(fence(1)));
    scene.read(commit(fence(1)));
    expect(scene.hit(0n)).toBe(false);
    expect(scene.hit(scene.reader.fence(PATH))).toBe(true);
    expect(scene.effects.at(-1)).toEqual({ type: 'evict', path: PATH, fence: fence(1) });
  });

  it('blocks a key from PREPARE to the end of that fence, and tells its position at once', () => {
    const scene = leased();
    scene.read(prepare(fence(2)));
    expect(scene.effects.at(-1)).toMatchObject({ type: 'heartbeat', heartbeat: { position: scene.reader.position } });
    expect(scene.hit()).toBe(false);
    scene.read(commit(fence(1)));
    expect(scene.reader.blocked(PATH)).toBe(true);
    scene.read(abort(fence(2)));
    expect(scene.hit(fence(1))).toBe(true);
    scene.read(prepare(fence(1)));
    expect(scene.reader.blocked(PATH)).toBe(false);
  });

  it('neither keeps nor shares a flight over which a write passed, that began unleased, or whose lease has lapsed', () => {
    const unleased = new Scene();
    const early = unleased.reader.beginLoad(PATH, unleased.now);
    unleased.grant();
    expect([unleased.reader.mayJoin(early, 0), unleased.reader.mayFill(early, 0)]).toEqual([false, false]);

    const scene = leased();
    const flight = scene.reader.beginLoad(PATH, scene.now);
    expect([scene.reader.mayJoin(flight, 1), scene.reader.mayFill(flight, 1)]).toEqual([true, true]);
    expect([scene.reader.mayJoin(flight, T), scene.reader.mayFill(flight, T)]).toEqual([false, false]);
    scene.read(prepare(fence(1)));
    scene.read(abort(fence(1)));
    expect([scene.reader.mayJoin(flight, 1), scene.reader.mayFill(flight, 1)]).toEqual([false, false]);
    const other = scene.reader.beginLoad('main/ns/other', scene.now);
    scene.handle({ type: 'replay' });
    scene.grant();
    expect(scene.reader.mayFill(other, 1)).toBe(false);
  });

  it('rule 5: a new generation makes it forget everything and read the log again', () => {
    const scene = leased();
    scene.read(commit(fence(9)));
    scene.read(commit(fence(0, 2)));
    expect(scene.effects.slice(-2)).toEqual([{ type: 'forget' }, { type: 'replay' }]);
    expect([scene.hit(fence(9)), scene.reader.size]).toEqual([false, 0]);
    scene.handle({ type: 'replay' });
    scene.read(commit(fence(0, 2)));
    expect(scene.effects.at(-1)).toMatchObject({ type: 'evict' });
  });

  it('forgets keys that the log has not named for a window', () => {
    const scene = leased();
    scene.read(commit(fence(1)));
    scene.now = WINDOW_MS;
    scene.read(commit(fence(2), 'main/ns/other'));
    expect(scene.reader.size).toBe(2);
    scene.now = WINDOW_MS + 1;
    scene.read(commit(fence(3), 'main/ns/other'));
    expect(scene.reader.size).toBe(1);
  });

  it('says since when a key has changed, for who scans the store', () => {
    const scene = leased();
    const mark = scene.reader.changes;
    scene.read(prepare(fence(1)));
    expect(scene.reader.changedSince(PATH, mark)).toBe(true);
    expect(scene.reader.changedSince('main/ns/other', mark)).toBe(false);
    expect(scene.reader.changedSince(PATH, scene.reader.changes)).toBe(false);
  });

  it('leaves: serves nothing any more, then says so', () => {
    const scene = leased();
    expect(scene.handle({ type: 'leave' })).toMatchObject([{ type: 'heartbeat', heartbeat: { leaving: true } }]);
    expect(scene.hit()).toBe(false);
    scene.now = T;
    expect(scene.handle({ type: 'tick' })).toEqual([]);
  });

  it('bounded: holds no lease and tells nobody anything, but serves nothing that it knows to be old', () => {
    const scene = new Scene('bounded');
    expect(scene.hit()).toBe(true);
    scene.read(prepare(fence(1)));
    expect(scene.hit()).toBe(false);
    scene.read(commit(fence(1)));
    expect([scene.hit(), scene.hit(fence(1))]).toEqual([false, true]);
    expect(scene.effects.filter(({ type }) => type === 'heartbeat')).toEqual([]);
  });
});

describe('what a reader takes from the log', () => {
  it('is each record once, in log order', () => {
    const scene = leased();
    const { position } = scene.reader;
    const entry = (offset: bigint): LogEntry => ({
      shard: 0,
      offset,
      timestamp: 0,
      record: prepare(fence(Number(offset))),
    });
    scene.handle({ type: 'log', entry: entry(position + 5n) });
    expect(scene.reader.position).toBe(position + 6n);
    scene.read(abort(fence(Number(position + 5n))));
    expect(scene.handle({ type: 'log', entry: entry(position + 5n) })).toHaveLength(0);
    scene.handle({ type: 'log', entry: entry(position + 5n) });
    expect(scene.reader.position).toBe(position + 6n);
  });

  it('is nothing that an earlier owner of the partition said', () => {
    const scene = leased();
    scene.read({ type: 'OWNER', partition: 1, claim: 'later' });
    expect(
      scene.handle({ type: 'log', entry: { shard: 0, offset: 50n, timestamp: 0, record: prepare(fence(1)) } }),
    ).toEqual([]);
    expect(scene.reader.blocked(PATH)).toBe(false);
  });

  it('is no lease that another instance was granted', () => {
    const scene = new Scene();
    scene.read({ type: 'GRANT', epoch: scene.epoch, leases: [{ instance: 'other', nonce: 0 }] });
    expect(scene.reader.leased(0)).toBe(false);
    scene.read({
      type: 'GRANT',
      epoch: scene.epoch,
      leases: [
        { instance: 'other', nonce: 9 },
        { instance: 'me', nonce: 0 },
      ],
    });
    expect(scene.reader.leased(0)).toBe(true);
  });

  it('has the effects that it should have, and no others', () => {
    const scene = leased();
    const effectsOf = (record: LogRecord): ReaderEffect[] => {
      const { length } = scene.effects;
      scene.read(record);
      return scene.effects.slice(length);
    };
    expect(effectsOf({ type: 'GRANT', epoch: scene.epoch, leases: [] })).toEqual([]);
    expect(effectsOf({ type: 'CLEARED', epoch: scene.epoch, prepareOffset: 0n })).toEqual([]);
    expect(effectsOf(abort(fence(1)))).toEqual([]);
    scene.now = T;
    expect(effectsOf(prepare(fence(2)))).toEqual([]);
  });

  it('is nothing before a replay has begun', () => {
    const reader = new Reader({ shard: 0, instance: 'me', timing: DEFAULT_TIMING, mode: 'strict' });
    expect(
      reader.handle({ type: 'log', entry: { shard: 0, offset: 3n, timestamp: 0, record: commit(fence(1)) } }, 0),
    ).toEqual([]);
    expect([reader.handle({ type: 'tick' }, 0), reader.position, reader.size]).toEqual([[], 0n, 0]);
    expect(reader.handle({ type: 'replay' }, 0)).toEqual([
      { type: 'forget' },
      { type: 'heartbeat', heartbeat: { shard: 0, instance: 'me', position: 0n, leaving: false, nonce: 0 } },
    ]);
    expect(reader.handle({ type: 'tick' }, 1)).toEqual([]);
  });

  it('rule 5: is nothing either between a new generation, which a PREPARE may bring, and the replay', () => {
    const scene = leased();
    scene.read(prepare(fence(9)));
    scene.read(prepare(fence(0, 2)));
    expect(scene.effects.slice(-2)).toEqual([{ type: 'forget' }, { type: 'replay' }]);
    const { length } = scene.effects;
    scene.read(commit(fence(1, 2)));
    scene.handle({ type: 'tick' });
    expect([scene.reader.size, scene.reader.position, scene.effects.length]).toEqual([0, 0n, length]);
  });

  it('rule 5: is a new generation as any other, where there was no lease yet', () => {
    const scene = new Scene();
    scene.read(commit(fence(9)));
    scene.read(commit(fence(0, 2)));
    expect(scene.effects.filter(({ type }) => type === 'replay')).toEqual([]);
    expect(scene.reader.size).toBe(1);
  });
});

describe('a reader', () => {
  it('lets nothing be kept of a call that took longer than any may take', () => {
    const scene = new Scene('bounded');
    scene.now = 70_000;
    const flight = scene.reader.beginLoad(PATH, scene.now);
    const at = scene.now + DEFAULT_TIMING.callTimeoutMs;
    expect([scene.reader.mayFill(flight, at), scene.reader.mayFill(flight, at + 1)]).toEqual([true, false]);
    expect([scene.reader.mayJoin(flight, at), scene.reader.mayJoin(flight, at + 1)]).toEqual([true, false]);
  });

  it('serves nothing and asks for nothing once it leaves, and says so', () => {
    const scene = leased();
    expect(scene.handle({ type: 'leave' })).toMatchObject([{ type: 'heartbeat', heartbeat: { leaving: true } }]);
    expect(scene.effects.at(-1)).not.toHaveProperty('heartbeat.nonce');
    expect(scene.hit()).toBe(false);
    scene.now = T / 2;
    expect(scene.handle({ type: 'tick' })).toEqual([]);
  });

  it('says nothing to anybody in mode bounded', () => {
    const scene = new Scene('bounded');
    scene.now = T;
    expect([scene.handle({ type: 'tick' }), scene.handle({ type: 'leave' })]).toEqual([[], []]);
    expect(scene.effects).toEqual([{ type: 'forget' }]);
  });
});

describe('a reader whose keys take up all of their bytes', () => {
  const MAX_BYTES = 10_000;
  const full = (first: (scene: Scene) => void): Scene => {
    const scene = new Scene('bounded', MAX_BYTES);
    first(scene);
    for (let count = 0; count < 1_000; count += 1) {
      scene.now += 1;
      scene.read(commit(fence(100 + count), `main/ns/other-${count}`));
      expect(scene.reader.memory.bytes).toBeLessThanOrEqual(MAX_BYTES);
    }
    expect(scene.reader.memory.evictions).toBeGreaterThan(900);
    return scene;
  };

  it('admits no entry of a shared cache of a key that it may have forgotten, until the window is over', () => {
    const scene = full((early) => early.read(commit(fence(7))));
    expect([scene.hitShared(0n), scene.hitShared(fence(6))]).toEqual([false, false]);
    scene.read(prepare(fence(2_000)));
    scene.read(abort(fence(2_000)));
    expect(scene.hitShared(0n)).toBe(false);
    expect(scene.hitShared(fence(1_099), 'main/ns/other-999')).toBe(false);
    scene.now += WINDOW_MS;
    scene.read(commit(fence(3_000), 'main/ns/last'));
    expect(scene.hitShared(0n)).toBe(true);
  });

  it('admits entries of its own memory, which went with their COMMITs', () => {
    const scene = full((early) => early.read(commit(fence(7))));
    expect(scene.hit(0n)).toBe(true);
    expect(scene.effects).toContainEqual({ type: 'evict', path: PATH, fence: fence(7) });
  });

  it('lets no answer be stored whose key was written while the store was asked', () => {
    const scene = new Scene('bounded', MAX_BYTES);
    const flight = scene.reader.beginLoad(PATH, scene.now);
    scene.read(commit(fence(7)));
    for (let count = 0; count < 1_000; count += 1) scene.read(commit(fence(100 + count), `main/ns/other-${count}`));
    expect(scene.reader.mayFill(flight, scene.now)).toBe(false);
    scene.read(prepare(fence(2_000)));
    scene.read(abort(fence(2_000)));
    expect(scene.reader.mayFill(flight, scene.now)).toBe(false);
    expect(scene.reader.mayFill(scene.reader.beginLoad(PATH, scene.now), scene.now)).toBe(true);
  });

  it('serves nothing from a cache for a window when a key with a write under way had to go', () => {
    const scene = full((early) => early.read(prepare(fence(7))));
    expect([scene.hit(0n), scene.reader.mayCache(PATH, scene.now)]).toEqual([false, false]);
    scene.now += WINDOW_MS;
    scene.read(commit(fence(3_000), 'main/ns/last'));
    expect(scene.hit(0n)).toBe(true);
  });
});
