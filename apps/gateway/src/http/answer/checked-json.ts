import { z } from 'zod';

export const undeclared = (): never => {
  throw new Error('the answer is not as the endpoint declares it');
};

/** The JSON of what the schema declares; throws for anything else. */
export const checkedText = (schema: z.ZodType, body: unknown): string => {
  const checked = schema.safeParse(body);
  return checked.success ? JSON.stringify(checked.data) : undeclared();
};

interface KeptText {
  readonly schema: z.ZodType;
  readonly text: string;
}

const keptTexts = new WeakMap<object, KeptText>();

/**
 * As `checkedText`, of a body without objects in it that many answers are going to have: freezes it, and keeps its JSON for as
 * long as somebody else keeps the body.
 */
export const keepText = <S extends z.ZodType>(schema: S, body: z.input<S> & object): string => {
  const text = checkedText(schema, body);
  keptTexts.set(Object.freeze(body), { schema, text });
  return text;
};

/** The text that `keepText` made of the body for this schema, or for one of those that this one is a union of. */
export const keptTextOf = (schema: z.ZodType, body: unknown): string | undefined => {
  const kept = typeof body === 'object' && body !== null ? keptTexts.get(body) : undefined;
  if (kept === undefined) return undefined;
  const isDeclared = schema === kept.schema || (schema instanceof z.ZodUnion && schema.options.includes(kept.schema));
  return isDeclared ? kept.text : undefined;
};
