import { isDeepStrictEqual } from 'node:util';
import type { Transcript } from './transcript.js';

/** What a step must have seen: a value, or what says whether the value will do. */
export type Expected = Readonly<Record<string, unknown>>;

const fits = (expected: unknown, result: unknown): boolean =>
  typeof expected === 'function'
    ? (expected as (result: unknown) => boolean)(result)
    : isDeepStrictEqual(result, expected);

/** In what a transcript is not as expected, a sentence each. */
export const deviations = (transcript: Transcript, expected: Expected): string[] => [
  ...Object.keys(expected)
    .filter((step) => !(step in transcript))
    .map((step) => `there was no step "${step}"`),
  ...Object.entries(transcript)
    .filter(([step, result]) => !fits(expected[step], result))
    .map(([step, result]) => `step "${step}" saw ${JSON.stringify(result)}`),
];
