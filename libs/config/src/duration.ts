import { CofferError } from '@coffer/secrets';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SHORT = /^(\d+)\s*(ms|s|m|h|d)$/i;
/** The part of ISO 8601 that java.time.Duration reads: days, hours, minutes, seconds; no weeks, months or years. */
const ISO = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$/i;

export const DURATION_EXAMPLES = '500ms, 60s, 1m, 1h, 2d or PT1M30S';

const isoMilliseconds = ([, days, hours, minutes, seconds, fraction]: RegExpMatchArray): number =>
  Number(days ?? 0) * 86_400_000 +
  Number(hours ?? 0) * 3_600_000 +
  Number(minutes ?? 0) * 60_000 +
  Number(seconds ?? 0) * 1_000 +
  Math.floor(Number(`0.${fraction ?? '0'}`) * 1_000);

/** NaN for another text. */
const shortMilliseconds = (text: string): number => {
  const [, amount, unit = ''] = SHORT.exec(text) ?? [];
  return Number(amount) * (UNITS[unit.toLowerCase()] ?? NaN);
};

/** Milliseconds; `undefined` for any other text, a negative one, or one beyond 2^53 - 1 milliseconds. */
export const readDuration = (text: string): number | undefined => {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  const milliseconds = iso === null ? shortMilliseconds(trimmed) : isoMilliseconds(iso);
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
};

/** Kestra's durations in milliseconds (fractions of one are cut off); throws `configuration`, without the text. */
export const parseDuration = (text: string): number => {
  const milliseconds = readDuration(text);
  if (milliseconds === undefined) {
    throw new CofferError('configuration', `a duration must be written like ${DURATION_EXAMPLES}`);
  }
  return milliseconds;
};
