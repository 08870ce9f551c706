import { randomBytes } from 'node:crypto';
import { SEAL_MEMORY_BYTES, SealWindow } from './seal-window.js';

const SPAN_MS = 1_000;
const START = 1_700_000_000_000;

describe('the bodies of a partition', () => {
  it('are known again for the span, and forgotten some time after it', () => {
    const window = new SealWindow(SPAN_MS, START);
    const body = randomBytes(100);
    expect(window.take(body, START)).toBe(false);
    expect(window.take(Buffer.from(body), START + SPAN_MS)).toBe(true);
    for (let at = START; at < START + 10 * SPAN_MS; at += 10) {
      expect(window.take(randomBytes(100), at)).toBe(false);
      expect(window.size).toBeLessThan(3 * (SPAN_MS / 10));
    }
    expect(window.take(body, START + 10 * SPAN_MS)).toBe(false);
  });

  it('are missing from before the first one, until they are recalled', () => {
    const window = new SealWindow(SPAN_MS, START);
    const earlier = randomBytes(100);
    expect(window.covers(START)).toBe(false);
    expect(window.covers(START + SPAN_MS)).toBe(true);
    window.recall(earlier);
    window.recalled();
    expect(window.covers(START)).toBe(true);
    expect(window.take(earlier, START + SPAN_MS)).toBe(true);
  });

  it('are bounded in number, and then it says what it does not know any more', () => {
    const window = new SealWindow(SPAN_MS, START, 10);
    for (let count = 0; count < 100; count += 1) window.take(randomBytes(100), START + count);
    expect(window.size).toBeLessThanOrEqual(20);
    expect(window.covers(START + SPAN_MS)).toBe(false);
    expect(window.covers(START + SPAN_MS + 100)).toBe(true);
  });

  it('tell what they take up, and how many were forgotten too early', () => {
    const window = new SealWindow(SPAN_MS, START, 10);
    const take = (count: number, at: (index: number) => number): void => {
      for (let index = 0; index < count; index += 1) window.take(randomBytes(100), at(index));
    };
    take(10, (index) => START + index);
    expect(window.bytes).toBe(10 * SEAL_MEMORY_BYTES);
    take(15, (index) => START + 10 + index);
    expect(window.bytes).toBe(15 * SEAL_MEMORY_BYTES);
    expect(window.evictions).toBe(10);
    take(1, () => START + 10 * SPAN_MS);
    take(1, () => START + 20 * SPAN_MS);
    expect(window.evictions).toBe(10);
    for (let index = 0; index < 20; index += 1) window.recall(randomBytes(100));
    expect(window.evictions).toBe(21);
    expect(window.bytes).toBe(11 * SEAL_MEMORY_BYTES);
  });

  it('may be as short as anybody likes', () => {
    const window = new SealWindow(SPAN_MS, START);
    expect([window.take(Buffer.alloc(0), START), window.take(Buffer.of(1), START)]).toEqual([false, false]);
  });
});
