import { FailureDetector } from './failure-detector.js';

const SECOND_MS = 1_000;

describe('the silence of a coordinator', () => {
  /** Probes every so often from then on; answers when it is taken for gone. */
  const goneAt = (detector: FailureDetector, from: number, everyMs = 250): number | undefined => {
    for (let now = from; now <= from + 60_000; now += everyMs) if (detector.probed(now)) return now - from;
    return undefined;
  };

  it('is suspected a second after something was due, and after its grace', () => {
    const detector = new FailureDetector(false);
    expect(detector.suspects(60_000)).toBe(false);
    detector.expectReply(100);
    detector.expectReply(700);
    expect([detector.suspects(99 + SECOND_MS), detector.suspects(100 + SECOND_MS)]).toEqual([false, true]);
    detector.graceUntil(5_000);
    expect([detector.suspects(4_999 + SECOND_MS), detector.suspects(5_000 + SECOND_MS)]).toEqual([false, true]);
  });

  it('begins anew with each sign of life, and is none where nothing is due', () => {
    const granting = new FailureDetector(true);
    granting.heard(100);
    expect([granting.suspects(99 + SECOND_MS), granting.suspects(100 + SECOND_MS)]).toEqual([false, true]);
    const other = new FailureDetector(false);
    other.expectReply(0);
    other.heard(100);
    expect([other.suspects(60_000), goneAt(other, 0)]).toEqual([false, undefined]);
  });

  it('lasts two seconds, of which the second is seen by probes', () => {
    const detector = new FailureDetector(false);
    detector.expectReply(0);
    expect(goneAt(detector, 0)).toBe(2 * SECOND_MS);
  });

  it('counts up to three tenths of a second between two probes, and nothing beyond a second', () => {
    const detector = new FailureDetector(false);
    detector.expectReply(0);
    expect(goneAt(detector, 1_000, 1_000)).toBe(4_000);
    const slower = new FailureDetector(false);
    slower.expectReply(0);
    expect(goneAt(slower, 1_000, 1_001)).toBeUndefined();
  });

  it('must last twice as long after a mistake, for a minute', () => {
    const mistaken = (at: number, due: number): number | undefined => {
      const detector = new FailureDetector(false);
      detector.recordMistake(at);
      detector.expectReply(due);
      return goneAt(detector, due);
    };
    expect(mistaken(0, 10_000)).toBe(4 * SECOND_MS);
    // The last probe comes 59 999 ms after the mistake, or a minute.
    expect(mistaken(1, 56_000)).toBe(4 * SECOND_MS);
    expect(mistaken(100_000, 156_250)).toBe(3 * SECOND_MS + 750);
    expect(mistaken(0, 58_000)).toBe(2 * SECOND_MS);
  });
});
