import { DEFAULT_TIMING } from '@coffer/coherence';
import { SecretPath } from '@coffer/secrets';
import { CacheBench } from './cache.fixture.js';

const path = SecretPath.of('main', 'company.team', 'KEY');
const parent = SecretPath.of('main', 'company', 'KEY');

let bench: CacheBench;
beforeEach(() => {
  bench = new CacheBench();
  bench.grant();
  bench.store.put(parent, 'inherited');
});
afterEach(() => bench.close());

const ask = (inherit = true) => bench.cache().service.resolve({ path, inherit, visible: () => true });

it('a hit is answered in the step in which it is asked for, an inherited one too', async () => {
  const first = ask();
  expect(first).toBeInstanceOf(Promise);
  await first;
  expect(ask()).toMatchObject({ path: parent, served: { source: 'l1' } });
  expect(() => ask(false)).toThrow(expect.objectContaining({ code: 'not-found' }));
  expect(bench.store.reads).toBe(2);
});

it('the lease is looked at in that very step', async () => {
  await ask();
  bench.clock.pass(DEFAULT_TIMING.lease - 1);
  expect(ask()).not.toBeInstanceOf(Promise);
  bench.clock.pass(1);
  expect(ask()).toBeInstanceOf(Promise);
  await ask();
});

it('a level that waits is followed by the others', async () => {
  await ask();
  const fence = bench.prepare(path);
  const answer = ask();
  expect(answer).toBeInstanceOf(Promise);
  expect(await answer).toMatchObject({ path: parent, served: { source: 'store', forward: 'bypass' } });
  bench.commit(path, fence, 'delete');
});
