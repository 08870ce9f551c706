import { CoalescedCall } from './coalesced-call.js';

describe('CoalescedCall', () => {
  /** Calls under way, which the test ends, in the order in which they began. */
  let begun: PromiseWithResolvers<string>[];
  let call: CoalescedCall<string>;
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };

  beforeEach(() => {
    begun = [];
    call = new CoalescedCall(() => {
      const next = Promise.withResolvers<string>();
      begun.push(next);
      return next.promise;
    });
  });

  it('asks once for all who ask before the call begins', async () => {
    const answers = [call.ask(), call.ask()];
    await settled();
    expect(begun).toHaveLength(1);
    begun[0]?.resolve('one');
    expect(await Promise.all(answers)).toEqual(['one', 'one']);
  });

  it('gives who asks meanwhile the answer of one later call, which waits for the first', async () => {
    const first = call.ask();
    await settled();
    const later = [call.ask(), call.ask()];
    await settled();
    expect(begun).toHaveLength(1);
    begun[0]?.resolve('one');
    expect(await first).toBe('one');
    await settled();
    expect(begun).toHaveLength(2);
    begun[1]?.resolve('two');
    expect(await Promise.all(later)).toEqual(['two', 'two']);
  });

  it('asks again after an answer', async () => {
    const first = call.ask();
    await settled();
    begun[0]?.resolve('one');
    await first;
    const second = call.ask();
    await settled();
    begun[1]?.resolve('two');
    expect(await second).toBe('two');
  });

  it('hands a failure to those who asked for that call, and to nobody after them', async () => {
    const first = call.ask();
    await settled();
    const second = call.ask();
    begun[0]?.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await settled();
    begun[1]?.resolve('two');
    expect(await second).toBe('two');
  });
});
