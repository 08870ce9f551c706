import { interpolate, type Environment } from './interpolate.js';
import { shapeOf, type Schema } from './schema-shape.js';
import { isTree } from './tree.js';

/** A text from a variable: it holds what it holds, placeholders or not. */
export class Literal {
  constructor(readonly text: string) {}
}

/**
 * Replaces placeholders everywhere. An empty setting counts as absent, so that `${NAME:}` can leave one out; in maps of
 * the user's own keys an empty text stays.
 */
export const settle = (value: unknown, schema: Schema, env: Environment): unknown => {
  const shape = shapeOf(schema);
  switch (shape.kind) {
    case 'group':
      if (!isTree(value)) return settleText(value, env);
      return Object.fromEntries(
        [...shape.keys.values()]
          .filter(({ name }) => Object.hasOwn(value, name))
          .map(({ name, schema: inner }) => [name, settle(value[name], inner, env)] as const)
          .filter(([, inner]) => inner !== undefined && inner !== ''),
      );
    case 'list':
      return Array.isArray(value)
        ? value.map((item: unknown) => settle(item, shape.item, env))
        : settleText(value, env);
    case 'map':
      return settleAll(value, env);
    case 'leaf':
      return settleText(value, env);
  }
};

const settleText = (value: unknown, env: Environment): unknown => {
  if (value instanceof Literal) return value.text;
  return typeof value === 'string' ? interpolate(value, env) : value;
};

const settleAll = (value: unknown, env: Environment): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown) => settleAll(item, env));
  if (!isTree(value)) return settleText(value, env) ?? '';
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, settleAll(inner, env)]));
};
