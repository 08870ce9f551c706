import { aimAtLeast, aimAtMost, assert, assertEqual, combine, show, type Outcome } from '../../harness/outcome.js';

/** The figures of one soak, by name. */
export type SoakFigures = ReadonlyMap<string, number | string>;

/** Least share of the writes without load, and of cached reads in all reads; in percent. */
const LEAST = { writes: 25, cached: 30 };
/** A write may take so much longer than the fault that it met lasts, in seconds. */
const MAX_BEYOND_FAULT_S = 15;

const numberOf = (figures: SoakFigures, name: string): number => {
  const value = figures.get(name);
  if (value === undefined) throw new Error(`the soak printed no figure "${name}"`);
  return Number(value);
};

/** What two soaks of one seed show, without and with processes beside them that never wait: slow, and not dead. */
export const starvationOutcome = (unloaded: SoakFigures, loaded: SoakFigures): Outcome => {
  const acknowledged = 'Writes acknowledged';
  const longest = 'Longest write, repetitions included';
  const [before, after] = [numberOf(unloaded, acknowledged), numberOf(loaded, acknowledged)];
  const beyond = 'Longest write beyond the fault it met';
  return combine(
    show('Writes acknowledged without busy loops', before, 'writes'),
    show('Writes acknowledged with busy loops', after, 'writes'),
    assert(after > 0, 'nothing was written with busy loops'),
    aimAtLeast('Writes kept', before === 0 ? 0 : Math.floor((1_000 * after) / before) / 10, '%', LEAST.writes),
    show('Longest write without busy loops', numberOf(unloaded, longest), 's'),
    show('Longest write with busy loops', numberOf(loaded, longest), 's'),
    show('Longest write without busy loops, beyond the fault it met', numberOf(unloaded, beyond), 's'),
    aimAtMost(
      'Longest write with busy loops, beyond the fault it met',
      numberOf(loaded, beyond),
      's',
      MAX_BEYOND_FAULT_S,
    ),
    show('Reads from a cache without busy loops', numberOf(unloaded, 'Reads answered from a cache'), '%'),
    aimAtLeast(
      'Reads from a cache with busy loops',
      numberOf(loaded, 'Reads answered from a cache'),
      '%',
      LEAST.cached,
    ),
    assertEqual(
      'Reads older than an acknowledged write',
      numberOf(loaded, 'Reads older than an acknowledged write'),
      'reads',
      0,
    ),
    assertEqual(
      'Reads older than a read before them',
      numberOf(loaded, 'Reads older than a read before them'),
      'reads',
      0,
    ),
  );
};
