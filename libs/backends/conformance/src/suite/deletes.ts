import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Bench } from './bench.js';

const ROUNDS = 100;
/**
 * When the readers begin, as fractions of how long the last change took: the reads lie across every part of a change, and
 * leave a store that serves one request at a time to the writer between them.
 */
const PHASES = [0, 1 / 3, 2 / 3];
/** For all of the rounds. */
const MANY_TIMEOUT_MS = 600_000;

export const deleteTests = (bench: Bench): void => {
  const { it } = bench;
  it('delete', async () => {
    const path = bench.path();
    await bench.put(path, 'x');
    const outcome = await bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() });
    expect(outcome.outcome).toBe('applied');
    expect(await bench.backend.read(path, bench.call())).toBeUndefined();
    expect(await bench.keys(path.tenant)).toEqual([]);
  });

  it('delete twice', async () => {
    const path = bench.path();
    await bench.put(path, 'x');
    await bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() });
    expect(
      (await bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() })).outcome,
    ).toBe('applied');
    expect(await bench.backend.read(path, bench.call())).toBeUndefined();
  });

  it('delete of an absent secret', async () => {
    const path = bench.path();
    expect(
      (await bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() })).outcome,
    ).toBe('applied');
    expect(await bench.backend.read(path, bench.call())).toBeUndefined();
  });

  it('create after delete', async () => {
    const path = bench.path();
    const metadata = { description: 'old', tags: [{ key: 'old', value: 'x' }] };
    await bench.backend.apply(
      { kind: 'put', path, value: bench.value('old'), metadata },
      { fence: bench.fence(), ...bench.call() },
    );
    await bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() });
    await bench.put(path, 'new');
    expect(await bench.textOf(path)).toBe('new');
    expect((await bench.backend.read(path, bench.call()))?.metadata).toEqual({ tags: [] });
    expect(await bench.keys(path.tenant)).toEqual([path.key]);
  });

  it(
    `delete and create ${ROUNDS} times under readers`,
    async () => {
      const path = bench.path();
      // Round n writes `n` as event 2n and deletes it as event 2n + 1.
      let begun = 1;
      let acknowledged = 1;
      let reads = 0;
      const read = async (): Promise<void> => {
        const floor = acknowledged;
        const text = await bench.textOf(path);
        const ceiling = begun;
        reads += 1;
        const seen = text === undefined ? undefined : 2 * Number(text);
        if (seen !== undefined && (seen < floor || seen > ceiling)) {
          throw new Error(`a read between events ${floor} and ${ceiling} saw event ${seen}`);
        }
        if (seen === undefined && floor === ceiling && floor % 2 === 0) {
          throw new Error(`a read after event ${floor} saw nothing`);
        }
      };
      const changes = new EventEmitter();
      let writing = true;
      let lastChangeMs = 0;
      const readers = Promise.all(
        PHASES.map(async (phase) => {
          while (writing) {
            await once(changes, 'begin');
            const pauseMs = Math.floor(phase * lastChangeMs);
            if (pauseMs > 0) await delay(pauseMs);
            await read();
          }
        }),
      );
      readers.catch(() => undefined);
      const change = async (event: number, run: () => Promise<unknown>): Promise<void> => {
        begun = event;
        changes.emit('begin');
        const startedAt = performance.now();
        await run();
        lastChangeMs = performance.now() - startedAt;
        acknowledged = event;
        await read();
      };
      try {
        for (let round = 1; round <= ROUNDS; round += 1) {
          await change(2 * round, () => bench.put(path, String(round)));
          await change(2 * round + 1, () =>
            bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() }),
          );
        }
      } finally {
        writing = false;
        changes.emit('begin');
        await readers;
      }
      expect(reads).toBeGreaterThanOrEqual(2 * ROUNDS);
    },
    MANY_TIMEOUT_MS,
  );
};
