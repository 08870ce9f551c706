import type { Comparison } from '../comparison/compare.js';
import { BATCH, LANES } from '../subjects/coffer-calls.js';

const p50Ratio = (figure: string, over: string, under: string): Comparison => ({
  figure: `${figure}: p50`,
  unit: 'times',
  of: (sample) => sample(over).p50 / sample(under).p50,
});

const rateRatio = (figure: string, over: string, under: string): Comparison => ({
  figure: `${figure}: secrets per second`,
  unit: 'times',
  of: (sample) => sample(over).perSecond / sample(under).perSecond,
});

const database = (name: string, roundTrip: string): Comparison[] => [
  {
    figure: `${name}: resolve p50 above ${roundTrip}`,
    unit: 'ms',
    aim: '≤ 1',
    of: (sample) => sample(`${name} resolve`).p50 - sample(`${name} SELECT`).p50,
  },
  p50Ratio(`${name}: resolve beside bare HTTP`, `${name} resolve`, 'bare HTTP'),
  rateRatio(
    `${name}: resolve ×${LANES} beside bare HTTP ×${LANES}`,
    `${name} resolve ×${LANES}`,
    `bare HTTP ×${LANES}`,
  ),
  rateRatio(`${name}: batch resolves of ${BATCH} beside single ones`, `${name} resolve of ${BATCH}`, `${name} resolve`),
  p50Ratio(`${name}: write beside the bare conditional UPDATE`, `${name} write`, `${name} UPDATE`),
  rateRatio(
    `${name}: write ×${LANES} beside the bare conditional UPDATE ×${LANES}`,
    `${name} write ×${LANES}`,
    `${name} UPDATE ×${LANES}`,
  ),
];

/** Comparisons of `variantsOf`. */
export const COMPARISONS: readonly Comparison[] = [
  ...database('embedded', 'the SELECT in the process'),
  ...database('PostgreSQL', 'the round trip of a prepared SELECT'),
];
