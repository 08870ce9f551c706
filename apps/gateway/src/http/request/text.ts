import { z } from 'zod';

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

/** Text that every store keeps as it is: no lone surrogates, no NUL. */
export const storableText = () =>
  z.string().refine(isStorable, { error: 'must be well-formed Unicode without NUL characters' });

/** A value: as `storableText`, never empty. NUL is allowed, since values are sealed or sent as bytes. */
export const valueText = () =>
  z
    .string()
    .min(1, 'must not be empty')
    .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode, without lone surrogates' });
