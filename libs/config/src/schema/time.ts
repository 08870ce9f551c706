import { parsedWord } from './scalars.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since the Unix epoch; `undefined` for what is no time with its zone. */
export const readTime = (text: string): number | undefined => {
  const milliseconds = TIME.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
};

/** Milliseconds since the Unix epoch. */
export const time = parsedWord('must be a time with its zone, such as 2027-01-31T12:00:00Z', readTime);
