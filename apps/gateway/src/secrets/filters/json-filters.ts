import { z } from 'zod';
import { parseCondition, refuse, type RawValue } from './condition.js';
import type { Filter } from './filter.js';

/** Numbers keep their digits: a double would round what is longer. */
const asWritten = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? (context?.source ?? value) : value;

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([scalar, z.array(scalar)]);
const jsonCondition = z.strictObject({
  field: z.string(),
  operation: z.string(),
  value: z.union([texts, z.record(z.string(), texts)]),
});

const rawValue = (value: z.output<typeof jsonCondition>['value']): RawValue =>
  typeof value === 'string' || Array.isArray(value) ? value : new Map(Object.entries(value));

/** `{"field": …, "operation": …, "value": …}`, several joined by commas, all of which must hold. */
export const parseJsonFilters = (text: string): readonly Filter[] => {
  let list: unknown;
  try {
    list = JSON.parse(`[${text}]`, asWritten);
  } catch {
    return refuse('filters= takes nothing, or JSON objects joined by commas');
  }
  const parsed = z.array(jsonCondition).safeParse(list);
  if (!parsed.success) return refuse('each JSON filter is {"field", "operation", "value"}');
  return parsed.data.map(({ field, operation, value }) => parseCondition(field, operation, rawValue(value)));
};
