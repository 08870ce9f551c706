import { parsedWord } from './scalars.js';

const TIME = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** 30 February would be read as 2 March. */
const isDay = (year: number, month: number, day: number): boolean =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;

/** Milliseconds since the Unix epoch; `undefined` for what is no time with its zone. */
export const readTime = (text: string): number | undefined => {
  const [given, year, month, day] = TIME.exec(text) ?? [];
  if (given === undefined || !isDay(Number(year), Number(month), Number(day))) return undefined;
  const milliseconds = Date.parse(given);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
};

/** Milliseconds since the Unix epoch. */
export const time = parsedWord('must be a time with its zone, such as 2027-01-31T12:00:00Z', readTime);
