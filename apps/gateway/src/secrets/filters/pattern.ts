import { RE2JS } from 're2js';
import { refuse } from './condition.js';

const MAX_PATTERN_LENGTH = 1_000;
const MAX_PROGRAM_SIZE = 1_000;

/**
 * Steps of matching that one request may cost: instructions of the program times characters of the text, summed. The
 * worst patterns found took 16 ns a step, so this is below two seconds; `_(URL|TOKEN)$` over 20,000 keys of 20
 * characters is 5 million.
 */
const MAX_STEPS = 100_000_000;

/** Steps of these that one text may cost: some 16 ms, for which the event loop cannot be given back. */
const MAX_STEPS_OF_TEXT = 1_000_000;

/** What is left of a request's steps. */
export class MatchingBudget {
  #left = MAX_STEPS;

  /** Throws `invalid` once all is spent. */
  spend(steps: number): void {
    if (steps > MAX_STEPS_OF_TEXT) refuse('REGEX costs too much for texts of that length; use a simpler one');
    this.#left -= steps;
    if (this.#left < 0) refuse('REGEX costs too much over so many secrets; use a simpler one, or filter by namespace');
  }
}

/**
 * RE2 takes time linear in the text whatever the pattern, and the budget bounds the factor. Matches anywhere unless the
 * pattern is anchored. Throws `invalid`.
 */
export const compilePattern = (pattern: string, budget: MatchingBudget): ((text: string) => boolean) => {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return refuse(`a regular expression has at most ${MAX_PATTERN_LENGTH} characters`);
  }
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    return refuse('REGEX takes a regular expression in RE2 syntax');
  }
  const size = compiled.programSize();
  if (size > MAX_PROGRAM_SIZE) return refuse('the regular expression is too large once its repeats are written out');
  return (text) => {
    budget.spend(size * (text.length + 1));
    return compiled.matcher(text).find();
  };
};
