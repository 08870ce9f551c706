import type { z } from 'zod';
import { canonicalKey } from './key-case.js';

export type Schema = z.core.$ZodType;

/** What a schema says about keys, all types of leaves aside. */
export type Shape =
  | { readonly kind: 'group'; readonly keys: ReadonlyMap<string, KnownKey>; readonly strict: boolean }
  | { readonly kind: 'list'; readonly item: Schema }
  /** Keys of the user's own choice. `separator` joins the words of a variable's name into such a key. */
  | { readonly kind: 'map'; readonly separator: string }
  | { readonly kind: 'leaf' };

export interface KnownKey {
  readonly name: string;
  readonly schema: Schema;
}

const groupOf = (shape: Readonly<Record<string, Schema>>, strict: boolean): Shape => ({
  kind: 'group',
  keys: new Map(Object.entries(shape).map(([name, schema]) => [canonicalKey(name), { name, schema }])),
  strict,
});

const separatorOf = (schema: Schema): string => {
  const separator = (schema as z.ZodType).meta()?.['separator'];
  return typeof separator === 'string' ? separator : '-';
};

/**
 * The shape behind optionals, defaults and transforms. A strict object refuses unknown keys, a plain one ignores them;
 * known keys are named in camelCase there.
 */
export const shapeOf = (schema: Schema): Shape => {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'readonly':
      return shapeOf(def.innerType);
    case 'pipe':
      return shapeOf(def.in._zod.def.type === 'transform' ? def.out : def.in);
    case 'object':
      return groupOf(def.shape, def.catchall?._zod.def.type === 'never');
    case 'array':
      return { kind: 'list', item: def.element };
    case 'record':
    case 'unknown':
      return { kind: 'map', separator: separatorOf(schema) };
    default:
      return { kind: 'leaf' };
  }
};

/** All settings below a schema as dotted names, lists and maps counted as one setting each. */
export const settingNames = (schema: Schema, prefix = ''): string[] => {
  const shape = shapeOf(schema);
  if (shape.kind !== 'group') return prefix === '' ? [] : [prefix];
  return [...shape.keys.values()].flatMap(({ name, schema: inner }) =>
    settingNames(inner, prefix === '' ? name : `${prefix}.${name}`),
  );
};
