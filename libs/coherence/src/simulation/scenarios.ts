import { ALL_RULES, RULE_NAMES, RULE_NUMBERS, type RuleName, type Rules } from '../rules.js';
import { READER_SCENARIOS } from './reader-scenarios.js';
import { Stage } from './stage.js';
import { WRITER_SCENARIOS } from './writer-scenarios.js';

/** What can be switched off: a part of a rule, or the store's condition on the fence, which is no part of this library. */
export type Part = RuleName | 'condition';

/** Interleavings that parts of the state machines forbid, one for each such part; the simulation shows the others. */
const SCENARIOS: Readonly<Partial<Record<Part, (stage: Stage) => void>>> = { ...READER_SCENARIOS, ...WRITER_SCENARIOS };

/** The number of the rule that a part is of; the store's condition is rule 12. */
const numberOf = (part: Part): number => (part === 'condition' ? 12 : RULE_NUMBERS[part]);

const ALL_PARTS: readonly Part[] = [...RULE_NAMES, 'condition'];

/** The rules of docs/protocol.md that have switches, by their numbers. */
const partsByRule = new Map<string, Part[]>();
for (const part of ALL_PARTS) {
  const number = String(numberOf(part));
  if (number !== '0') partsByRule.set(number, [...(partsByRule.get(number) ?? []), part]);
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (character) => `-${character.toLowerCase()}`);

/** Parts by their names on a command line: a rule's number stands for all parts of the rule, a name in kebab case for one. */
export const PARTS: ReadonlyMap<string, readonly Part[]> = new Map<string, readonly Part[]>([
  ...partsByRule,
  ...ALL_PARTS.map((part) => [kebab(part), [part]] as const),
]);

/** The names of parts that have a scenario. */
export const STAGED: ReadonlySet<string> = new Set(Object.keys(SCENARIOS).map(kebab));

export interface Switches {
  readonly rules: Rules;
  readonly conditional: boolean;
}

/** All rules but these parts. */
export const without = (parts: readonly Part[]): Switches => ({
  rules: {
    ...ALL_RULES,
    ...Object.fromEntries(parts.filter((part) => part !== 'condition').map((part) => [part, false])),
  },
  conditional: !parts.includes('condition'),
});

export interface ScenarioResult {
  readonly name: string;
  readonly violations: readonly string[];
}

/** Plays every directed scenario. */
export const playScenarios = ({ rules, conditional }: Switches): ScenarioResult[] =>
  Object.entries(SCENARIOS).map(([part, play]) => {
    const stage = new Stage(rules, conditional);
    play(stage);
    return { name: kebab(part), violations: stage.violations };
  });
