import type { Binding } from '../credentials.js';
import { parseGrant } from '../grants.js';
import type { Grant } from '../principal.js';
import { claimTexts, type Claims } from './claim-value.js';
import { expandNamespace } from './expand-namespace.js';
import { compileGlob, type Glob } from './glob.js';

interface CompiledBinding {
  readonly when: readonly { readonly claim: string; readonly globs: readonly Glob[] }[];
  readonly grants: Binding['grants'];
}

/** Longer values match nothing. */
const MAX_CLAIM_LENGTH = 4_096;

const matches = ({ when }: CompiledBinding, claims: Claims): boolean =>
  when.every(({ claim, globs }) =>
    claimTexts(claims, claim).some(
      (value) => value.length <= MAX_CLAIM_LENGTH && globs.some((matchesGlob) => matchesGlob(value)),
    ),
  );

/** Says which grants somebody has of whom an authority that is trusted says something. Immutable. */
export class ClaimBindings {
  readonly #bindings: readonly CompiledBinding[];

  constructor(
    bindings: readonly Binding[],
    private readonly owner: string,
  ) {
    this.#bindings = bindings.map(({ when, grants }) => ({
      when: when.map(({ claim, patterns }) => ({ claim, globs: patterns.map(compileGlob) })),
      grants,
    }));
  }

  /** The grants of all bindings that are for these claims; none where no binding is. */
  grantsOf(claims: Claims): readonly Grant[] {
    const granted = this.#bindings.flatMap((binding, at) =>
      matches(binding, claims)
        ? binding.grants.flatMap(({ tenant, namespace, permissions }, index) =>
            expandNamespace(namespace, claims).map((each) => ({
              grant: { tenant, namespace: each, permissions },
              origin: `bindings[${at}].grants[${index}]`,
            })),
          )
        : [],
    );
    return Object.freeze(
      granted.map(({ grant, origin }) => Object.freeze({ ...parseGrant(grant, this.owner), origin })),
    );
  }
}
