import { getEventListeners } from 'node:events';
import { raceAbort } from './race-abort.js';

const late = (): Error => new Error('late');

describe('raceAbort', () => {
  it('answers what the work answers, and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    expect(await raceAbort(signal, async () => 7, late)).toBe(7);
    await expect(raceAbort(signal, () => Promise.reject(new Error('failed')), late)).rejects.toThrow('failed');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('throws as soon as the signal fires, and abandons the work once', async () => {
    const controller = new AbortController();
    const { promise: work, reject } = Promise.withResolvers<never>();
    const abandoned: unknown[] = [];
    const racing = raceAbort(
      controller.signal,
      () => work,
      late,
      (running) => abandoned.push(running),
    );
    controller.abort();
    await expect(racing).rejects.toThrow('late');
    expect(abandoned).toEqual([work]);
    // An end that nobody waits for any more is no unhandled rejection.
    reject(new Error('much later'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('does not begin work for a signal that has fired', async () => {
    const work = jest.fn(async () => 7);
    await expect(raceAbort(AbortSignal.abort(), work, late)).rejects.toThrow('late');
    expect(work).not.toHaveBeenCalled();
  });

  it('hears the end of shared work whose signal has fired', async () => {
    await expect(raceAbort(AbortSignal.abort(), Promise.reject(new Error('shared')), late)).rejects.toThrow('late');
  });
});
