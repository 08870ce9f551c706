import type { Step } from './key-case.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Stands for a setting whose placeholders could not be replaced, or that is there and empty; harmless as long as nothing
 * needs the setting.
 */
export class Unresolved {
  constructor(
    /** Continues a sentence that begins with the setting's path. */
    readonly reason: string,
    /** Where the setting was written; the reader's own path is shown where this is absent. */
    readonly place?: readonly Step[],
  ) {}
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** A placeholder may name a variable or, as in Micronaut, a property: `${db.host}` is the variable DB_HOST. */
const lookUp = (name: string, env: Environment): string | undefined =>
  env[name] ?? env[name.replace(/[.-]/g, '_').toUpperCase()];

/** Index of the `}` that ends the placeholder whose content begins at `from`, or -1. */
const endOf = (text: string, from: number): number => {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text.startsWith('${', i)) depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return -1;
};

interface Placeholder {
  /** Name of the variable. */
  readonly name: string;
  readonly value: string;
}

/**
 * Replaces `${NAME}` and `${NAME:default}`; a default may hold placeholders. What a variable holds is taken literally,
 * so a text that contains `${` itself can be given by a variable. `seen` is called with each placeholder of the text itself.
 */
export const interpolate = (
  text: string,
  env: Environment,
  seen: (placeholder: Placeholder) => void = () => undefined,
): string | Unresolved => {
  let result = '';
  let from = 0;
  for (;;) {
    const start = text.indexOf('${', from);
    if (start < 0) return result + text.slice(from);
    const end = endOf(text, start + 2);
    if (end < 0) return new Unresolved('has a ${ without its }; a text that contains ${ must come from a variable');
    const content = text.slice(start + 2, end);
    const colon = content.indexOf(':');
    const name = (colon < 0 ? content : content.slice(0, colon)).trim();
    if (!NAME.test(name)) {
      return new Unresolved('has a ${…} that names no variable; a text that contains ${ must come from a variable');
    }
    const value = lookUp(name, env) ?? (colon < 0 ? undefined : interpolate(content.slice(colon + 1), env));
    if (value === undefined) return new Unresolved(`needs the variable ${name}, which is not set and has no default`);
    if (value instanceof Unresolved) return value;
    seen({ name, value });
    result += text.slice(from, start) + value;
    from = end + 1;
  }
};

/** The variable of the first placeholder in the text that holds nothing but blanks; `undefined` where none does. */
export const emptyPlaceholder = (text: string, env: Environment): string | undefined => {
  let found: string | undefined;
  interpolate(text, env, ({ name, value }) => {
    if (value.trim() === '') found ??= name;
  });
  return found;
};

/** Names of variables that a text's placeholders mention. */
export const mentionedVariables = (text: string): string[] =>
  [...text.matchAll(/\$\{\s*([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name]) => name ?? '');
