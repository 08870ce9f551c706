import type { Contradiction, Operation, Verdict } from '@coffer/coherence/history';

const describe = ({ op, version, instance, cache, start, end }: Operation): string =>
  `${op} of version ${version} by ${instance}${cache === undefined ? '' : ` from ${cache}`}, ${start} to ${end} µs`;

const sentence = (what: string, { read, before }: Contradiction): string =>
  `${what}: ${read.key}: ${describe(read)}${before === undefined ? '' : `; after ${describe(before)}`}`;

/** What a checker found wrong, a sentence for the first contradiction of each kind and key. */
export const describeContradictions = ({
  stale,
  inversions,
  impossible,
}: Pick<Verdict, 'stale' | 'inversions' | 'impossible'>): string[] =>
  Object.entries({ stale, inversion: inversions, 'never written': impossible }).flatMap(([what, found]) =>
    [...Map.groupBy(found, ({ read }) => read.key).values()].flatMap(([first]) =>
      first === undefined ? [] : [sentence(what, first)],
    ),
  );
