import { PARTS, without } from '@coffer/coherence/simulation';
import { simulate } from './simulate.js';

const SEEDS = 60;

/** Parts that so many seeds show by themselves; the others need the rarer interleavings of the scenarios. */
const SHOWN = ['lease', 'block', 'tag', 'join', 'replay', 'wait', 'cleared', 'prepare-again', 'condition', 'uncertain'];

const fails = (seed: number, switches: ReturnType<typeof without>): boolean => {
  const { stale, inversions, impossible, unfinished, stuck } = simulate(seed, switches);
  return stale.length + inversions.length + impossible.length + unfinished + stuck.length > 0;
};

describe('the simulation', () => {
  it(`finds nothing in ${SEEDS} seeds with all rules, half of them with every kind of fault`, () => {
    const results = Array.from({ length: SEEDS }, (_, index) => simulate(index + 1));
    expect(results.filter(({ everyFault }) => everyFault)).toHaveLength(SEEDS / 2);
    for (const { seed, stale, inversions, impossible, unfinished, stuck } of results) {
      expect({ seed, stale, inversions, impossible, unfinished, stuck }).toEqual({
        seed,
        stale: [],
        inversions: [],
        impossible: [],
        unfinished: 0,
        stuck: [],
      });
    }
    const reads = results.reduce((sum, result) => sum + result.reads, 0);
    const cached = results.reduce((sum, result) => sum + result.cached, 0);
    expect(cached / reads).toBeGreaterThan(0.3);
  });

  it('replays a seed exactly', () => {
    expect(simulate(7).history).toEqual(simulate(7).history);
    expect(simulate(7).history).not.toEqual(simulate(9).history);
  });

  it.each(SHOWN)('finds what goes wrong without %s', (name) => {
    const switches = without(PARTS.get(name) ?? []);
    const found = Array.from({ length: 2 * SEEDS }, (_, index) => index + 1).some((seed) => fails(seed, switches));
    expect(found).toBe(true);
  });
});
