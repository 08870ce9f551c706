import type { z } from 'zod';
import { canonicalKey } from './key-case.js';
import { misspelledKey } from './nearest-key.js';

export type Schema = z.core.$ZodType;

/** What a schema says about keys, all types of leaves aside. */
export type Shape =
  | {
      readonly kind: 'group';
      readonly keys: ReadonlyMap<string, KnownKey>;
      readonly strict: boolean;
      /** Unknown keys stay, so that whoever reads the group can say that they are not used. */
      readonly loose: boolean;
      /** Unknown keys are ignored, but for those that are a slip of a known one. */
      readonly refusesSlips: boolean;
    }
  | { readonly kind: 'list'; readonly item: Schema }
  /** Keys of the user's own choice. `separator` joins the words of a variable's name into such a key. */
  | { readonly kind: 'map'; readonly separator: string }
  | { readonly kind: 'leaf' };

export interface KnownKey {
  readonly name: string;
  readonly schema: Schema;
}

const groupOf = (
  shape: Readonly<Record<string, Schema>>,
  catchall: string | undefined,
  refusesSlips: boolean,
): Shape => ({
  kind: 'group',
  keys: new Map(Object.entries(shape).map(([name, schema]) => [canonicalKey(name), { name, schema }])),
  strict: catchall === 'never',
  loose: catchall === 'unknown',
  refusesSlips,
});

const separatorOf = (schema: Schema): string => {
  const separator = (schema as z.ZodType).meta()?.['separator'];
  return typeof separator === 'string' ? separator : '-';
};

/** What an optional, a default or a transform is around. */
export const innerOf = (schema: Schema): Schema | undefined => {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
      return def.innerType;
    case 'pipe':
      return def.in._zod.def.type === 'transform' ? def.out : def.in;
    default:
      return undefined;
  }
};

/**
 * The shape behind optionals, defaults and transforms. A strict object refuses unknown keys, a loose one keeps them, a
 * plain one ignores them; known keys are named in camelCase there.
 */
export const shapeOf = (schema: Schema): Shape => {
  const wrapped = innerOf(schema);
  if (wrapped !== undefined) return shapeOf(wrapped);
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'object':
      return groupOf(def.shape, def.catchall?._zod.def.type, (schema as z.ZodType).meta()?.['slips'] === 'refused');
    case 'array':
      return { kind: 'list', item: def.element };
    case 'record':
    case 'unknown':
      return { kind: 'map', separator: separatorOf(schema) };
    default:
      return { kind: 'leaf' };
  }
};

export type Group = Extract<Shape, { kind: 'group' }>;

export const namesOf = ({ keys }: Group): string[] => [...keys.values()].map(({ name }) => name);

/** The key of a group that refuses slips which an unknown one is a slip of. */
export const slipIn = (group: Group, typed: string): KnownKey | undefined => {
  const meant = group.refusesSlips ? misspelledKey(typed, namesOf(group)) : undefined;
  return meant === undefined ? undefined : group.keys.get(canonicalKey(meant));
};

/**
 * What a setting that is there and empty means. `refused`, for all that do not say otherwise by `meta({ empty })`: a
 * setting that a variable leaves empty must not silently become its default, which may let more in, or something else.
 * `absent`: the same as no setting, where that lets in less or nothing. `written`: the empty text itself, where it is
 * written as one; what a placeholder leaves empty, or has no value at all, is refused.
 */
export type Emptiness = 'refused' | 'absent' | 'written';

export const emptinessOf = (schema: Schema): Emptiness => {
  for (let layer: Schema | undefined = schema; layer !== undefined; layer = innerOf(layer)) {
    const empty = (layer as z.ZodType).meta()?.['empty'];
    if (empty === 'absent' || empty === 'written') return empty;
  }
  return 'refused';
};

/** All settings below a schema as dotted names, lists and maps counted as one setting each. */
export const settingNames = (schema: Schema, prefix = ''): string[] => {
  const shape = shapeOf(schema);
  if (shape.kind !== 'group') return prefix === '' ? [] : [prefix];
  return [...shape.keys.values()].flatMap(({ name, schema: inner }) =>
    settingNames(inner, prefix === '' ? name : `${prefix}.${name}`),
  );
};
