import { z } from 'zod';
import { checkedText, keptTextOf, undeclared } from './checked-json.js';

type Listing = z.ZodArray<z.ZodType> | z.ZodRecord<z.ZodString, z.ZodType>;

const isListing = (schema: unknown): schema is Listing => schema instanceof z.ZodArray || schema instanceof z.ZodRecord;

const listingsOf = (schema: z.ZodObject): readonly string[] =>
  Object.entries(schema.shape).flatMap(([name, field]) => (isListing(field) ? [name] : []));

/** Whether what the schema declares may be long for its number of elements. */
export const hasParts = (schema: z.ZodType): boolean =>
  isListing(schema) || (schema instanceof z.ZodObject && listingsOf(schema).length > 0);

/** Whether it declares a map, of whose names Zod drops `__proto__`, as its copies of objects do. */
export const hasMap = (schema: z.ZodType): boolean =>
  schema instanceof z.ZodRecord ||
  (schema instanceof z.ZodObject && Object.values(schema.shape).some((field) => field instanceof z.ZodRecord));

const isRecord = (body: unknown): body is Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null && !Array.isArray(body);

function* elements(schema: z.ZodType, body: unknown): Generator<string> {
  if (!Array.isArray(body)) return undeclared();
  let before = '[';
  for (const element of body as readonly unknown[]) {
    yield before;
    yield* jsonParts(schema, element);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

function* entries(schema: z.ZodType, body: unknown): Generator<string> {
  if (!isRecord(body)) return undeclared();
  let before = '{';
  for (const [name, value] of Object.entries(body)) {
    yield `${before}${JSON.stringify(name)}:`;
    yield* jsonParts(schema, value);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

interface Split {
  readonly listings: readonly string[];
  /** All other fields. */
  readonly others: z.ZodObject;
}

const splits = new WeakMap<z.ZodObject, Split>();

const splitOf = (schema: z.ZodObject): Split => {
  let split = splits.get(schema);
  if (split === undefined) {
    const listings = listingsOf(schema);
    split = { listings, others: schema.omit(Object.fromEntries(listings.map((name) => [name, true])) as never) };
    splits.set(schema, split);
  }
  return split;
};

function* fields(schema: z.ZodObject, body: unknown): Generator<string> {
  if (!isRecord(body)) return undeclared();
  const { listings, others } = splitOf(schema);
  const rest = checkedText(
    others,
    Object.fromEntries(Object.entries(body).filter(([name]) => !listings.includes(name))),
  );
  let before = rest === '{}' ? '{' : `${rest.slice(0, -1)},`;
  for (const name of listings) {
    yield `${before}${JSON.stringify(name)}:`;
    yield* jsonParts(schema.shape[name] as z.ZodType, body[name]);
    before = ',';
  }
  yield '}';
}

/**
 * The JSON of a body in parts, each checked against the schema when it is asked for: element by element where the schema
 * is a list or a map, or an object with some. Throws for what is not declared.
 */
export function* jsonParts(schema: z.ZodType, body: unknown): Generator<string> {
  if (schema instanceof z.ZodArray) yield* elements(schema.element as z.ZodType, body);
  else if (schema instanceof z.ZodRecord) yield* entries(schema.valueType as z.ZodType, body);
  else if (schema instanceof z.ZodObject && hasParts(schema)) yield* fields(schema, body);
  else yield keptTextOf(schema, body) ?? checkedText(schema, body);
}

/** Size of a value beside its characters: the name's quotes, a comma, the digits of a number. */
const VALUE_BYTES = 32;
/** Most that one character takes: an escape. */
const CHARACTER_BYTES = 6;

/** What is left of so many bytes behind the JSON of the value; below 0 where it may not fit. Looks no further then. */
const leftBehind = (value: unknown, bytes: number): number => {
  if (typeof value === 'string') return bytes - VALUE_BYTES - CHARACTER_BYTES * value.length;
  let left = bytes - VALUE_BYTES;
  if (typeof value !== 'object' || value === null) return left;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index += 1) left = leftBehind(value[index], left);
    return left;
  }
  for (const name in value) {
    left = leftBehind(value[name as keyof typeof value], left - CHARACTER_BYTES * name.length);
    if (left < 0) return left;
  }
  return left;
};

/** Whether the JSON of a body certainly has no more bytes than that. Takes no longer for a long body. */
export const isSurelyShort = (body: unknown, bytes: number): boolean => leftBehind(body, bytes) >= 0;
