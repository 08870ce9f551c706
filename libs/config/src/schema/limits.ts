import { z } from 'zod';
import { wholeNumber } from './scalars.js';

/** `coffer.limits`: what callers may use up. Whoever is over one is told what would be right. */
export const limits = z.strictObject({
  connections: wholeNumber(1, 1_000_000)
    .default(10_000)
    .describe('Open connections to one gateway; those beyond are closed at once.'),
});

export type LimitsConfiguration = z.output<typeof limits>;

/** What counts where nothing is configured. */
export const DEFAULT_BUDGETS: LimitsConfiguration = limits.parse({});
