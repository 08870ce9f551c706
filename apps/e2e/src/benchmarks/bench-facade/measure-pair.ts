import { withFacade } from '@coffer/backend-facade';
import type { Backend } from '@coffer/backend-contract';
import { compare, type ComparedFigure, type Comparison } from '../comparison/compare.js';
import { runRounds, type Round, type Variant } from '../comparison/sample.js';
import { PATH, TEXT, type PairRow } from './read-pair.js';

/** A round of three is over before the machine has changed much. */
const SLICE_MS = 30;
const AIM = '≤ 0.3';

const reading =
  (store: Backend): Variant['call'] =>
  async () => {
    const stored = await store.read(PATH, { signal: new AbortController().signal });
    if (stored?.value.reveal() !== TEXT) throw new Error('the value that was read is not the one that was written');
  };

const comparisonsOf = (store: string): readonly Comparison[] => {
  const above = (what: string, under: string): Comparison => ({
    figure: `${store}: ${what}: p50`,
    unit: 'ms',
    aim: AIM,
    of: (sample) => sample(`${store} through the facade`).p50 - sample(`${store} ${under}`).p50,
  });
  return [
    above('facade above the adapter', 'adapter'),
    above("facade and adapter above the client's bare calls", 'bare calls'),
  ];
};

export interface Measured {
  readonly figures: readonly ComparedFigure[];
  readonly rounds: readonly Round[];
}

/** The three ways of reading one secret, in turns. */
export const measurePair = async ({ store, open }: PairRow, seconds: number): Promise<Measured> => {
  const pair = await open();
  try {
    const one = { concurrency: 1, secrets: 1 };
    const variants: Variant[] = [
      { ...one, name: `${store} bare calls`, call: async () => void (await pair.bare()) },
      { ...one, name: `${store} adapter`, call: reading(pair.adapter) },
      { ...one, name: `${store} through the facade`, call: reading(withFacade(pair.adapter)) },
    ];
    const rounds = await runRounds(variants, seconds, SLICE_MS);
    return { rounds, figures: compare(comparisonsOf(store), rounds) };
  } finally {
    await pair.close();
  }
};
