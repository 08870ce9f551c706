import { ThrottledLogger } from './throttled-logger.js';

let now: number;
let lines: [object, string][];
let throttled: ThrottledLogger;
beforeEach(() => {
  now = 0;
  lines = [];
  const write = (fields: object, message: string): void => void lines.push([fields, message]);
  const logger = { debug: write, info: write, warn: write, error: write };
  throttled = new ThrottledLogger(logger, { monotonic: () => now });
});

it('logs a message at once, and again after a while with how often it was left out', () => {
  for (now = 0; now <= 10_000; now += 100) throttled.log('warn', { broker: 1 }, 'away');
  now += 10_000;
  throttled.log('warn', { broker: 1 }, 'away');
  expect(lines).toEqual([
    [{ broker: 1 }, 'away'],
    [{ broker: 1, repeated: 99 }, 'away'],
    [{ broker: 1 }, 'away'],
  ]);
});

it('keeps no message from another, and lines of one key as one', () => {
  for (const message of ['a', 'b', 'a']) throttled.log('info', {}, message);
  for (const message of ['c', 'd']) throttled.log('info', {}, message, 'key');
  expect(lines.map(([, message]) => message)).toEqual(['a', 'b', 'c']);
});

it('does not grow with what is logged', () => {
  for (let message = 0; message < 1_000; message += 1) throttled.log('info', {}, String(message));
  throttled.log('info', {}, '0');
  expect(lines).toHaveLength(1_001);
});
