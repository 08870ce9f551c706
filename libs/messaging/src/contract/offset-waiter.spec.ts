import { getEventListeners } from 'node:events';
import { OffsetWaiter } from './offset-waiter.js';

describe('OffsetWaiter', () => {
  const unavailable = expect.objectContaining({ code: 'unavailable' }) as unknown;
  const states = async (waits: Promise<void>[]): Promise<string[]> => {
    const pending = new Promise<string>((resolve) => setImmediate(() => resolve('waits')));
    const outcome = (wait: Promise<void>) =>
      wait.then(
        () => 'reached',
        () => 'gave up',
      );
    return Promise.all(waits.map((wait) => Promise.race([outcome(wait), pending])));
  };
  let waiter: OffsetWaiter;
  let read: number;
  beforeEach(() => {
    [waiter, read] = [new OffsetWaiter(), 0];
  });

  it('does not wait for what is reached already, even when the time is over', async () => {
    await waiter.wait(() => true, AbortSignal.abort());
  });

  it('asks each caller again after each step, and lets go those alone who are there', async () => {
    const { signal } = new AbortController();
    const waits = [1, 2, 2].map((offset) => waiter.wait(() => read >= offset, signal));
    waiter.step();
    expect(await states(waits)).toEqual(['waits', 'waits', 'waits']);
    read = 1;
    expect(await states(waits)).toEqual(['waits', 'waits', 'waits']);
    waiter.step();
    expect(await states(waits)).toEqual(['reached', 'waits', 'waits']);
    read = 2;
    waiter.step();
    expect(await states(waits)).toEqual(['reached', 'reached', 'reached']);
  });

  it('gives up when the signal comes, for the caller of that signal alone', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const waits = [one, other].map(({ signal }) => waiter.wait(() => read > 0, signal));
    one.abort();
    expect(await states(waits)).toEqual(['gave up', 'waits']);
    await expect(waits[0]).rejects.toEqual(unavailable);
    read = 1;
    waiter.step();
    expect(await states(waits)).toEqual(['gave up', 'reached']);
  });

  it('gives up at once when the signal came before', async () => {
    await expect(waiter.wait(() => false, AbortSignal.abort())).rejects.toEqual(unavailable);
  });

  it('keeps nothing of a caller who went, whatever the outcome', async () => {
    const asked: number[] = [];
    const abort = new AbortController();
    const reached = waiter.wait(() => asked.push(1) > 1, abort.signal);
    waiter.step();
    await reached;
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    const aborted = waiter.wait(() => asked.push(2) > 1_000, abort.signal);
    abort.abort();
    await expect(aborted).rejects.toEqual(unavailable);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    const before = asked.length;
    waiter.step();
    expect(asked).toHaveLength(before);
  });
});
