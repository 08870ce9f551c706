import { emptyPlaceholder, interpolate, mentionedVariables, Unresolved, type Environment } from './interpolate.js';
import { showKey, type Step } from './key-case.js';
import { emptinessOf, shapeOf, type Emptiness, type KnownKey, type Schema } from './schema-shape.js';
import { isTree, type Tree } from './tree.js';

/** A text from a variable: it holds what it holds, placeholders or not. */
export class Literal {
  constructor(readonly text: string) {}
}

/**
 * Replaces placeholders everywhere. A setting that is there and empty, by itself or by its placeholders, becomes an
 * `Unresolved` that names its place; `emptinessOf` says which may be empty. In maps of the user's own keys a text that is
 * written as an empty one stays.
 */
export const resolvePlaceholders = (
  value: unknown,
  schema: Schema,
  env: Environment,
  path: readonly Step[] = [],
): unknown => {
  const shape = shapeOf(schema);
  const asText = (): unknown => settleText(value, emptinessOf(schema), env, path);
  switch (shape.kind) {
    case 'group':
      if (!isTree(value)) return asText();
      return {
        ...(shape.loose ? unknownIn(value, shape.keys) : {}),
        ...Object.fromEntries(
          [...shape.keys.values()]
            .filter(({ name }) => Object.hasOwn(value, name))
            .map(
              ({ name, schema: inner }) =>
                [name, resolvePlaceholders(value[name], inner, env, [...path, name])] as const,
            )
            .filter(([, inner]) => inner !== undefined),
        ),
      };
    case 'list':
      return Array.isArray(value)
        ? value.map((item: unknown, index) => resolvePlaceholders(item, shape.item, env, [...path, index]))
        : asText();
    case 'map':
      return isTree(value) ? settleAll(value, env, path) : asText();
    case 'leaf':
      return asText();
  }
};

const unknownIn = (group: Tree, known: ReadonlyMap<string, KnownKey>): Tree => {
  const names = new Set(Array.from(known.values(), ({ name }) => name));
  return Object.fromEntries(Object.entries(group).filter(([name]) => !names.has(name)));
};

const empty = (text: unknown, path: readonly Step[]): Unresolved => {
  if (typeof text !== 'string') return new Unresolved('is given without a value; give it one, or remove it', path);
  const names = [...new Set(mentionedVariables(text))];
  if (names.length === 0) return new Unresolved('is empty; give it a value, or remove it', path);
  const holds = names.length === 1 ? `the variable ${names[0]} holds` : `the variables ${names.join(' and ')} hold`;
  return new Unresolved(`is empty: ${holds} nothing; give it a value, or remove the setting`, path);
};

/**
 * Whether a setting says for whom or for what something is: a namespace, a tenant, the claims of a binding, a filter. A
 * placeholder in it that holds nothing leaves a wider one: `company${TEAM:}` all of `company`, `repo:${TEAM:}*` every claim.
 */
const narrows = (path: readonly Step[]): boolean => {
  const names = path.filter((step) => typeof step === 'string');
  return ['namespace', 'tenant'].includes(names.at(-1) ?? '') || names.some((name) => NARROWING.has(name));
};

const NARROWING: ReadonlySet<string> = new Set(['when', 'filterOnTags', 'excludedTags', 'filterOnPrefix']);

const settleText = (value: unknown, emptiness: Emptiness, env: Environment, path: readonly Step[]): unknown => {
  if (value instanceof Literal) return value.text;
  const text = typeof value === 'string' ? interpolate(value, env) : value;
  if (text !== null && (typeof text !== 'string' || text.trim() !== '')) {
    const gap = typeof value === 'string' && narrows(path) ? emptyPlaceholder(value, env) : undefined;
    return gap === undefined ? text : new Unresolved(`has a placeholder that holds nothing: give ${gap} a value`, path);
  }
  if (emptiness === 'absent') return undefined;
  return emptiness === 'written' && value === '' ? '' : empty(value, path);
};

const settleAll = (value: unknown, env: Environment, path: readonly Step[]): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown, index) => settleAll(item, env, [...path, index]));
  if (!isTree(value)) return settleText(value, 'written', env, path);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, settleAll(inner, env, [...path, showKey(key)])]),
  );
};
