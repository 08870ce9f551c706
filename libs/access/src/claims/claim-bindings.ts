import type { Binding } from '../credentials.js';
import { parseGrant } from '../grants.js';
import type { Grant } from '../principal.js';
import { claimTexts, type Claims } from './claim-value.js';
import { expandNamespace, type MatchedValues } from './expand-namespace.js';
import { compileGlob, type Glob } from './glob.js';

interface CompiledBinding {
  readonly when: readonly { readonly claim: string; readonly globs: readonly Glob[] }[];
  readonly grants: Binding['grants'];
}

/** Longer values match nothing. */
const MAX_CLAIM_LENGTH = 4_096;

/** The values that match, by claim; `undefined` unless every claim of the condition has one. */
const matchedOf = ({ when }: CompiledBinding, claims: Claims): MatchedValues | undefined => {
  const matched = new Map<string, readonly string[]>();
  for (const { claim, globs } of when) {
    const values = claimTexts(claims, claim).filter(
      (value) => value.length <= MAX_CLAIM_LENGTH && globs.some((matchesGlob) => matchesGlob(value)),
    );
    if (values.length === 0) return undefined;
    matched.set(claim, values);
  }
  return matched;
};

/** Says which grants somebody has of whom an authority that is trusted says something. Immutable. */
export class ClaimBindings {
  readonly #bindings: readonly CompiledBinding[];
  /** Patterns by the name of their claim: a value counts for something where one of them matches it. */
  readonly #globs = new Map<string, Glob[]>();

  constructor(
    bindings: readonly Binding[],
    private readonly owner: string,
  ) {
    this.#bindings = bindings.map(({ when, grants }) => ({
      when: when.map(({ claim, patterns }) => ({ claim, globs: patterns.map(compileGlob) })),
      grants,
    }));
    for (const { when, grants } of this.#bindings) {
      const named = new Set(when.map(({ claim }) => claim));
      for (const { claim, globs } of when) this.#add(claim, globs);
      // Every value counts of a claim that only a namespace names.
      for (const part of grants.flatMap(({ namespace }) => namespace.parts)) {
        if (typeof part !== 'string' && !named.has(part.claim)) this.#add(part.claim, [() => true]);
      }
    }
  }

  #add(claim: string, globs: readonly Glob[]): void {
    this.#globs.set(claim, [...(this.#globs.get(claim) ?? []), ...globs]);
  }

  /** The names of all claims that count for something. */
  get names(): readonly string[] {
    return [...this.#globs.keys()];
  }

  /** As much of the claims as `grantsOf` looks at, each under its whole name. */
  relevantOf(claims: Claims): Claims {
    const relevant = [...this.#globs].flatMap(([name, globs]) => {
      const values = claimTexts(claims, name).filter(
        (value) => value.length <= MAX_CLAIM_LENGTH && globs.some((matchesGlob) => matchesGlob(value)),
      );
      return values.length === 0 ? [] : [[name, values.length === 1 ? values[0] : values] as const];
    });
    return Object.fromEntries(relevant);
  }

  /**
   * The grants of all bindings that are for these claims; none where no binding is. Of a claim that the binding names in
   * `when`, the values that matched there are put into its namespaces, and no others.
   */
  grantsOf(claims: Claims): readonly Grant[] {
    const granted = this.#bindings.flatMap((binding, at) => {
      const matched = matchedOf(binding, claims);
      if (matched === undefined) return [];
      return binding.grants.flatMap(({ tenant, namespace, permissions }, index) =>
        expandNamespace(namespace, claims, matched).map((each) => ({
          grant: { tenant, namespace: each, permissions },
          origin: `bindings[${at}].grants[${index}]`,
        })),
      );
    });
    return Object.freeze(
      granted.map(({ grant, origin }) => Object.freeze({ ...parseGrant(grant, this.owner), origin })),
    );
  }
}
