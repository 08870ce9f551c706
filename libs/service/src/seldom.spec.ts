import { Seldom } from './seldom.js';

let now: number;
let seldom: Seldom;
beforeEach(() => {
  now = 0;
  seldom = new Seldom({ monotonic: () => now });
});

it('passes a message on at once, and again after a while with how often it came', () => {
  expect(seldom.repeated('away')).toBe(0);
  for (now = 100; now < 10_000; now += 100) expect(seldom.repeated('away')).toBeUndefined();
  expect(seldom.repeated('away')).toBe(99);
  now += 10_000;
  expect(seldom.repeated('away')).toBe(0);
});

it('keeps no message from another', () => {
  expect([seldom.repeated('a'), seldom.repeated('b'), seldom.repeated('a')]).toEqual([0, 0, undefined]);
});

it('does not grow with what is said', () => {
  for (let message = 0; message < 1_000; message += 1) expect(seldom.repeated(String(message))).toBe(0);
  expect(seldom.repeated('0')).toBe(0);
});
