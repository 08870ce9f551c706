import { UnknownTenants } from './unknown-tenants.js';

const bench = () => {
  const clock = { now: 5_000 };
  const forgotten: string[] = [];
  let refused = 0;
  const tenants = new UnknownTenants({
    max: 2,
    stayMs: 1_000,
    now: () => clock.now,
    forget: (tenant) => forgotten.push(tenant),
    refused: () => (refused += 1),
  });
  return { clock, forgotten, tenants, refused: () => refused };
};

it('has a place for so many, and says when there will be another', () => {
  const { clock, tenants, forgotten, refused } = bench();
  tenants.ask('a');
  clock.now = 5_100;
  tenants.ask('b');
  tenants.ask('a');
  clock.now = 5_600;
  expect(() => tenants.ask('c')).toThrow(
    expect.objectContaining({ code: 'rate-limited', details: expect.objectContaining({ retryAfter: 0.5 }) }),
  );
  expect([refused(), tenants.size, forgotten]).toEqual([1, 2, []]);
  tenants.ask('a');
  clock.now = 6_100;
  tenants.ask('c');
  expect([tenants.size, forgotten]).toEqual([2, ['b']]);
});

it('gives the place of one that turned out to be known to another', () => {
  const { tenants, refused } = bench();
  ['a', 'b'].forEach((tenant) => tenants.ask(tenant));
  tenants.release('a');
  tenants.ask('c');
  expect([tenants.size, refused()]).toEqual([2, 0]);
});
