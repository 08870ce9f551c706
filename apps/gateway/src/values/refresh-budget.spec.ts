import { RefreshBudget } from './refresh-budget.js';

const bench = (perMinute = 3) => {
  const clock = { now: 0 };
  let refused = 0;
  const budget = new RefreshBudget({
    perMinute,
    maxBytes: 1_048_576,
    now: () => clock.now,
    refused: () => (refused += 1),
  });
  const taken = (count: number, principal: string, namespace: string): number => {
    let done = 0;
    try {
      for (; done < count; done += 1) budget.take(principal, { tenant: 'main', namespace });
    } catch {
      // As many as could be.
    }
    return done;
  };
  return { budget, clock, taken, refused: () => refused };
};

it('is of each caller and namespace, and fills again', () => {
  const { budget, clock, taken, refused } = bench();
  expect([taken(5, 'a', 'x'), taken(5, 'a', 'y'), taken(5, 'b', 'x')]).toEqual([3, 3, 3]);
  expect(refused()).toBe(3);
  clock.now = 5_000;
  expect(() => budget.take('a', { tenant: 'main', namespace: 'x' })).toThrow(
    expect.objectContaining({ code: 'rate-limited', details: expect.objectContaining({ retryAfter: 15 }) }),
  );
  clock.now = 20_000;
  expect(taken(5, 'a', 'x')).toBe(1);
  clock.now = 1_000_000;
  expect(taken(5, 'a', 'x')).toBe(3);
});

it('does not grow by namespaces that are invented', () => {
  const { taken } = bench();
  const below = Array.from({ length: 20 }, (_, index) => taken(1, 'a', `company.n${index}`));
  expect(below.reduce((sum, count) => sum + count)).toBe(3);
  const beside = Array.from({ length: 100 }, (_, index) => taken(1, 'b', `n${index}`));
  expect(beside.reduce((sum, count) => sum + count)).toBe(30);
});
