import type { Coffer, CofferOptions } from '../harness/index.js';
import { startCoffer } from '../harness/index.js';

/** What came of an attack. */
export interface Attempt {
  /** What was done to the running system, for people. */
  readonly tried: string;
  /** What the attacker reached, one sentence each; empty where everything was refused. */
  readonly reached: readonly string[];
}

export interface Attack {
  /** Stable; `--only` takes it. */
  readonly name: string;
  /** What the attacker wants. */
  readonly aim: string;
  /** Rejects where it could not be tried. */
  run(): Promise<Attempt>;
}

/** The sentences whose condition holds. */
export const reachedBy = (...claims: readonly (readonly [holds: boolean, sentence: string])[]): readonly string[] =>
  claims.flatMap(([holds, sentence]) => (holds ? [sentence] : []));

/** A whole Coffer in a process of its own, for one attack. */
export const onCoffer = async <T>(options: CofferOptions, use: (coffer: Coffer) => Promise<T>): Promise<T> => {
  const coffer = await startCoffer(options);
  try {
    return await use(coffer);
  } finally {
    await coffer.stop();
  }
};
