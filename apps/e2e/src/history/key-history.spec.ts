import { KeyHistory } from './key-history.js';

const written = (steps: number): KeyHistory => {
  const history = new KeyHistory('K');
  for (let step = 1; step <= steps; step += 1) history.acknowledge(history.attempt());
  return history;
};

describe('the history of a key', () => {
  it('takes what was acknowledged, or is under way', () => {
    const history = written(2);
    history.attempt();
    expect([2, 3].map((found) => history.returned(found, 2))).toEqual([undefined, undefined]);
  });

  it('notices what is older than an acknowledged write', () => {
    const history = written(2);
    expect(history.returned(1, history.floor())).toMatch(/read as step 1 after step 2/);
    expect(history.mayHold(1)).toBe(false);
  });

  it('takes the older one from a read that began before the write was acknowledged', () => {
    const history = written(1);
    const floor = history.floor();
    history.acknowledge(history.attempt());
    expect(history.returned(1, floor)).toBeUndefined();
  });

  it('notices what is older than what another read has returned', () => {
    const history = written(1);
    history.attempt();
    expect(history.returned(2, history.floor())).toBeUndefined();
    expect(history.returned(1, history.floor())).toMatch(/after step 2/);
    expect([history.mayHold(1), history.mayHold(2)]).toEqual([false, true]);
  });

  it('notices what comes from the future', () => {
    const history = written(1);
    expect(history.returned(2, 1)).toMatch(/before it was sent/);
    expect(history.mayHold(2)).toBe(false);
  });
});
