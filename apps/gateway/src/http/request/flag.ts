import { z } from 'zod';

/** A parameter of a query that is `true` or `false`. */
export const flag = (absent: boolean, description: string) =>
  z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(absent)
    .meta({ description, override: { type: 'boolean', default: absent } });
