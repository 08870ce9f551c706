import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import { DURATION_EXAMPLES, readDuration } from '../duration.js';
import { canonicalKey } from '../key-case.js';

/** A text of which `read` makes a value; `undefined` refuses it with `expectation`, which never repeats the text. */
export const parsed = <T>(expectation: string, read: (text: string) => T | undefined) =>
  z
    .string({ error: expectation })
    .transform((text, context): T => {
      const value = read(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: expectation });
      return z.NEVER;
    })
    .meta({ type: expectation.replace(/^must (?:be|have) (?:an? )?/, '') });

export const text = z.string({ error: 'must be a text' }).meta({ type: 'text' });

/** A text that prints as a placeholder from here on. */
export const secretText = text.transform((value) => new SecretValue(value)).meta({ type: 'text, kept secret' });

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

export const flag = parsed('must be true or false', (value) => FLAGS[value.trim().toLowerCase()]).meta({
  type: 'true or false',
});

export const wholeNumber = (min: number, max: number) =>
  parsed(
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${min}`
      : `must be a whole number from ${min} to ${max}`,
    (value) => {
      const number = /^\d{1,16}$/.test(value.trim()) ? Number(value) : NaN;
      return number >= min && number <= max ? number : undefined;
    },
  );

/** Milliseconds, more than none. */
export const duration = parsed(`must be a duration such as ${DURATION_EXAMPLES}, and more than none`, (value) => {
  const milliseconds = readDuration(value);
  return milliseconds === undefined || milliseconds === 0 ? undefined : milliseconds;
}).meta({ type: 'duration' });

const BYTES: Readonly<Record<string, number>> = { '': 1, b: 1, kib: 1_024, mib: 1_048_576, gib: 1_073_741_824 };

/** A number of bytes, at least one. */
export const byteSize = parsed('must be a size such as 512KiB, 16MiB or 1GiB, and more than none', (value) => {
  const [, number = '', unit = ''] = /^(\d{1,15})\s*([a-z]*)$/i.exec(value.trim()) ?? [];
  const bytes = Number(number) * (BYTES[unit.toLowerCase()] ?? NaN);
  return number !== '' && Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}).meta({ type: 'size' });

/** One of a few words, in any spelling that differs only by case and hyphens. */
export const choice = <const T extends readonly string[]>(words: T) =>
  parsed(`must be one of ${words.join(', ')}`, (value): T[number] | undefined =>
    words.find((word) => canonicalKey(word) === canonicalKey(value.trim())),
  );

/** An http or https address without credentials, which belong into settings that are kept secret. */
export const httpUrl = parsed('must be an address such as https://host:port, without credentials in it', (value) => {
  const address = value.trim();
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const { username, password } = new URL(address);
  return username === '' && password === '' ? address : undefined;
});

/** A list, or one text with commas, which is how a variable writes a list. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== '')
        : value,
    z.array(item, { error: 'must be a list' }),
  );

/** Names of the user's own choice. */
export const textMap = z.record(z.string(), text, { error: 'must be a map of names to texts' });
