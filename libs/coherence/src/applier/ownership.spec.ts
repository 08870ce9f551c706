import { Ownership } from './ownership.js';

describe('the ownership of a partition', () => {
  const owner = () => new Ownership(3);

  it('is none at first, and nobody speaks in its name', () => {
    const ownership = owner();
    expect([ownership.held, ownership.claimed, ownership.is(0n)]).toEqual([false, false, false]);
    expect(() => ownership.identity).toThrow(/only the owner/);
    expect(ownership.claimAgain(0, 1_000)).toBeUndefined();
  });

  it('is claimed by a record, and held once that is read back', () => {
    const ownership = owner();
    expect(ownership.claim('me', 100)).toEqual({ type: 'OWNER', partition: 3, claim: 'me' });
    expect([ownership.claimed, ownership.held]).toEqual([true, false]);
    expect(ownership.read('other', 4n)).toBe('unchanged');
    expect(ownership.read('me', 5n)).toBe('gained');
    expect([ownership.held, ownership.is(5n), ownership.is(4n)]).toEqual([true, true, false]);
    expect(ownership.identity).toEqual({ partition: 3, owner: 5n });
    expect(ownership.read('other', 6n)).toBe('lost');
  });

  it('is claimed again in the same words when the record seems lost, each time', () => {
    const ownership = owner();
    ownership.claim('me', 100);
    expect(ownership.claimAgain(50, 149)).toBeUndefined();
    expect(ownership.claimAgain(50, 150)).toEqual({ type: 'OWNER', partition: 3, claim: 'me' });
    expect([ownership.claimAgain(50, 199), ownership.claimAgain(50, 200)?.claim]).toEqual([undefined, 'me']);
  });

  it('is over once it is forgotten or claimed anew', () => {
    const ownership = owner();
    ownership.claim('me', 0);
    ownership.read('me', 5n);
    ownership.claim('again', 10);
    expect([ownership.held, ownership.read('me', 6n)]).toEqual([false, 'unchanged']);
    ownership.read('again', 7n);
    ownership.forget();
    expect([ownership.held, ownership.claimed, ownership.claimAgain(0, 1_000)]).toEqual([false, false, undefined]);
  });
});
