import { canonicalKey, showKey, type Step } from './key-case.js';
import { unknownKey } from './nearest-key.js';
import type { ConfigErrors } from './config-errors.js';
import { emptinessOf, namesOf, shapeOf, slipIn, type Group, type KnownKey, type Schema } from './schema-shape.js';
import { isTree, merge, type Tree } from './tree.js';

/** Stands for the value of a key that is not known. */
const NOT_USED = 'not used';

/**
 * Rewrites every spelling of a known key (camelCase, kebab-case, snake_case, dotted) to the schema's own. Unknown keys
 * of strict groups become errors, those of loose groups stay without their values, those of others are dropped, unless
 * they are a slip of a known one: `kestra.secrets` is an error, for the store that it names would not be used. A key
 * without a value stays, as null, for `resolvePlaceholders` to refuse, where the schema does not take it for absent.
 */
export const canonicalise = (value: unknown, schema: Schema, path: readonly Step[], errors: ConfigErrors): unknown => {
  if (value === null) return emptinessOf(schema) === 'absent' ? undefined : null;
  const shape = shapeOf(schema);
  if (shape.kind === 'group' && isTree(value)) return canonicalGroup(value, shape, path, errors);
  if (shape.kind === 'list' && Array.isArray(value)) {
    return value.map((item: unknown, index) => canonicalise(item, shape.item, [...path, index], errors));
  }
  return value;
};

const canonicalGroup = (group: Tree, shape: Group, path: readonly Step[], errors: ConfigErrors): Tree => {
  const result = new Map<string, unknown>();
  for (const [typed, value] of Object.entries(group)) {
    const known = shape.keys.get(canonicalKey(typed));
    const [found, inner] = known === undefined ? dotted(typed, value, shape) : [known, value];
    if (found === undefined) {
      if (shape.strict || isMisspelled(typed, value, shape)) {
        errors.add([...path, showKey(typed)], unknownKey(typed, namesOf(shape)));
      }
      if (shape.loose && value !== null) result.set(typed, NOT_USED);
      continue;
    }
    const here = [...path, found.name];
    const now = canonicalise(inner, found.schema, here, errors);
    if (now === undefined) continue;
    const before = result.get(found.name);
    if (before !== undefined && !(isTree(before) && isTree(now))) {
      errors.add(here, 'is given twice, in two spellings; keep one');
    }
    result.set(found.name, merge(before, now));
  }
  return Object.fromEntries(result);
};

/** Whether a key that is not known holds what belongs to a known one: settings, where that is a group. */
const isMisspelled = (typed: string, value: unknown, shape: Group): boolean => {
  const [head = '', ...rest] = typed.split('.');
  const known = slipIn(shape, head);
  return known !== undefined && (shapeOf(known.schema).kind !== 'group' || rest.length > 0 || isTree(value));
};

/** `secret.type: vault` is `secret: {type: vault}`. */
const dotted = (typed: string, value: unknown, shape: Group): [KnownKey | undefined, unknown] => {
  const dot = typed.indexOf('.');
  if (dot < 0) return [undefined, undefined];
  return [shape.keys.get(canonicalKey(typed.slice(0, dot))), { [typed.slice(dot + 1)]: value }];
};
