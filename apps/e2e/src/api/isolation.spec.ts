import { DecoratedBackend, type Operation } from '@coffer/backend-conformance';
import type { CallOptions } from '@coffer/backend-contract';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import 'reflect-metadata';
import { Stores } from '@coffer/backend-registry';
import { openInstance, type Instance } from '../harness/instance.js';
import { until, type Api } from '../harness/index.js';

type Trouble = 'none' | 'hangs' | 'throttles' | 'down';

/** A store in trouble of one kind, and how many calls it has seen. */
class TroubledStore extends DecoratedBackend {
  trouble: Trouble = 'none';
  calls = 0;
  readonly #over = Promise.withResolvers<void>();

  constructor() {
    super(openMemoryBackend());
  }

  /** What hangs goes on. */
  end(): void {
    this.trouble = 'none';
    this.#over.resolve();
  }

  protected override around<T>(_operation: Operation, _call: CallOptions, run: () => Promise<T>): Promise<T> {
    this.calls += 1;
    switch (this.trouble) {
      case 'none':
        return run();
      case 'hangs':
        return this.#over.promise.then(run);
      case 'throttles':
        return Promise.reject(new CofferError('throttled', 'too many calls'));
      case 'down':
        return Promise.reject(new CofferError('unavailable', 'nobody is there'));
    }
  }
}

const ROUNDS = 20;
/** Keys of the troubled store: enough that every partition has some. */
const STUCK = 20;

describe.each<Trouble>(['hangs', 'throttles', 'down'])('a manager whose store %s', (trouble) => {
  const sick = new TroubledStore();
  const well = new TroubledStore();
  let coffer: Instance;
  let client: Api;
  const stuck: Promise<{ status: number }>[] = [];

  beforeAll(async () => {
    const path = SecretPath.of('main', 'sick.team', 'THERE');
    await sick.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 0n), signal: new AbortController().signal },
    );
    const main = withFacade(well, { callTimeoutMs: 60_000, rateLimit: { perSecond: 10_000 } });
    // Whoever waits for it waits longer than this suite takes, unless it is the breaker that answers.
    const scoped = withFacade(sick, { callTimeoutMs: 60_000, rateLimit: { perSecond: 10, burst: 5 } });
    const stores = new Stores({ name: 'default', backend: main, readOnly: false }, [
      { name: 'main/sick', tenant: 'main', namespace: 'sick', backend: scoped, readOnly: false },
    ]);
    coffer = await openInstance({ stores });
    client = coffer.api;
    await until('both stores are listed', async () => (await client.list()).json<{ total: number }>().total === 1);
    sick.trouble = trouble;
    const before = sick.calls;
    for (let n = 0; n < STUCK; n += 1) stuck.push(client.put('sick.team', { key: `STUCK_${n}`, value: 'v' }));
    for (let n = 0; n < STUCK; n += 1) stuck.push(client.value('sick.team', `THERE_${n}`));
    await until('the sick store is asked', () => sick.calls > before);
  }, 60_000);

  afterAll(async () => {
    sick.end();
    await Promise.allSettled(stuck);
    await coffer.close();
  }, 60_000);

  it('holds up no write, read or list of another manager', async () => {
    // Whatever waited for a hung call would be answered 504, or not within this test's time.
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = `WELL_${round}`;
      expect((await client.put('well.team', { key, value: `v${round}` })).status).toBe(200);
      expect((await client.value('well.team', key)).json()).toMatchObject({ value: `v${round}` });
      const page = await client.list('filters[namespace][EQUALS]=well.team&size=1');
      expect([page.status, page.json()]).toEqual([200, expect.objectContaining({ total: round + 1 })]);
      expect((await client.delete('well.team', `ABSENT_${round}`)).status).toBe(204);
    }
    expect(sick.trouble).toBe(trouble);
  }, 60_000);

  it('still lists what was known of it, among the rest', async () => {
    const all = (await client.list('size=100')).json<{ total: number; results: { namespace: string }[] }>();
    expect(all.total).toBe(ROUNDS + 1);
    expect(all.results.filter(({ namespace }) => namespace === 'sick.team')).toHaveLength(1);
    const inherited = await client.inherited('sick.team');
    expect(inherited.json()).toEqual({ 'sick.team': ['THERE'], sick: [] });
  });

  it('takes up its writes once it is back', async () => {
    sick.end();
    await until(
      'all writes are applied',
      async () =>
        (await client.list(`filters[namespace][EQUALS]=sick.team`)).json<{ total: number }>().total === STUCK + 1,
      60_000,
    );
  }, 90_000);
});
