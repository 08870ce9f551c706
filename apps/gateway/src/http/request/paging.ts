import { z } from 'zod';

const MAX_PAGE_SIZE = 10_000;
const MAX_PAGE = 1_000_000_000;

/** A parameter of a query that is a whole number from 1. */
export const wholeNumber = (highest: number, absent: number, description: string) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'must be a whole number')
    .transform(Number)
    .refine((number) => number >= 1 && number <= highest, { error: `must be from 1 to ${highest}` })
    .default(absent)
    .meta({ description, override: { type: 'integer', minimum: 1, maximum: highest, default: absent } });

/** What every list that comes in pages may be asked. */
export const pageQuery = z.strictObject({
  page: wholeNumber(MAX_PAGE, 1, 'From 1.'),
  size: wholeNumber(MAX_PAGE_SIZE, 10, 'Rows of a page.'),
});

export interface PageNumber {
  /** From 1. */
  readonly page: number;
  readonly size: number;
}

/** Empty beyond the last page. */
export const sliceOf = <R>(rows: readonly R[], { page, size }: PageNumber): readonly R[] =>
  rows.slice((page - 1) * size, page * size);
