import { SecretValue } from '@coffer/secrets';
import { z } from 'zod';
import { DURATION_EXAMPLES, readDuration } from '../duration.js';
import { canonicalKey } from '../key-case.js';
import { nearestKey } from '../nearest-key.js';
import { Refusal, singleLine, singleWord, withoutLineBreaks } from '../text-form/single-line.js';

/**
 * A text of which `read` makes a value, without a byte order mark and line breaks around; `undefined` refuses it with
 * `expectation`, a refusal with its own reason. Neither repeats the text.
 */
export const parsed = <T>(expectation: string, read: (text: string) => T | Refusal | undefined) =>
  z
    .string({ error: expectation })
    .transform((text, context): T => {
      const value = read(withoutLineBreaks(text));
      if (value !== undefined && !(value instanceof Refusal)) return value;
      context.addIssue({ code: 'custom', message: value instanceof Refusal ? value.reason : expectation });
      return z.NEVER;
    })
    .meta({ type: expectation.replace(/^must (?:be|have) (?:an? )?/, '') });

/** As `parsed`, and blanks around are not part of the text. */
export const parsedWord = <T>(expectation: string, read: (text: string) => T | Refusal | undefined) =>
  parsed(expectation, (text) => read(text.trim()));

/** A name that may be part of any other. */
export const plainName = parsedWord('must have 1 to 64 letters, digits, ., _ and -', (name) =>
  /^[A-Za-z0-9._-]{1,64}$/.test(name) ? name : undefined,
);

/** A text of any form, with every line break that it holds. */
export const anyText = z.string({ error: 'must be a text' }).meta({ type: 'text' });

const formed = (read: (text: string) => string | Refusal) =>
  anyText.transform((text, context): string => {
    const value = text === '' ? text : read(text);
    if (!(value instanceof Refusal)) return value;
    context.addIssue({ code: 'custom', message: value.reason });
    return z.NEVER;
  });

/** One line. A byte order mark in front and line breaks at its ends, as `echo` writes them, are not part of it. */
export const text = formed(singleLine).meta({ type: 'text', form: 'line' });

/** As `text`, and blanks around are not part of it: an id, a region, a name that has no blanks. */
export const word = formed(singleWord).meta({ type: 'text', form: 'word' });

/** A `text`, such as a password, that prints as a placeholder from here on. */
export const secretText = text
  .transform((value) => new SecretValue(value))
  .meta({ type: 'text, kept secret', form: 'line' });

/** A `word`, such as a token, that prints as a placeholder from here on. */
export const secretWord = word
  .transform((value) => new SecretValue(value))
  .meta({ type: 'text, kept secret', form: 'word' });

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

export const flag = parsedWord('must be true or false', (value) => FLAGS[value.toLowerCase()]).meta({
  type: 'true or false',
});

export const wholeNumber = (min: number, max: number) =>
  parsedWord(
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${min}`
      : `must be a whole number from ${min} to ${max}`,
    (value) => {
      const number = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
      return number >= min && number <= max ? number : undefined;
    },
  );

/** Milliseconds, more than none. */
export const duration = parsed(`must be a duration such as ${DURATION_EXAMPLES}, and more than none`, (value) => {
  const milliseconds = readDuration(value);
  return milliseconds === 0 ? undefined : milliseconds;
}).meta({ type: 'duration' });

const BYTES: Readonly<Record<string, number>> = { '': 1, b: 1, kib: 1_024, mib: 1_048_576, gib: 1_073_741_824 };

/** A number of bytes, at least one. */
export const byteSize = parsedWord('must be a size such as 512KiB, 16MiB or 1GiB, and more than none', (value) => {
  const [, number = '', unit = ''] = /^(\d{1,15})\s*([a-z]*)$/i.exec(value) ?? [];
  const bytes = Number(number) * (BYTES[unit.toLowerCase()] ?? NaN);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}).meta({ type: 'size' });

/** One of a few words, in any spelling that differs only by case and hyphens; a refusal names the nearest. */
export const choice = <const T extends readonly string[]>(words: T) => {
  const expectation = `must be one of ${words.join(', ')}`;
  return z
    .string({ error: expectation })
    .transform((text, context): T[number] => {
      const value = withoutLineBreaks(text).trim();
      const found = words.find((known) => canonicalKey(known) === canonicalKey(value));
      if (found !== undefined) return found;
      const nearest = nearestKey(value, words);
      const message = nearest === undefined ? expectation : `${expectation}; the nearest is ${nearest}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .meta({ type: expectation.replace(/^must be /, '') });
};

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
export const textMap = z.record(z.string(), anyText, { error: 'must be a map of names to texts' });
