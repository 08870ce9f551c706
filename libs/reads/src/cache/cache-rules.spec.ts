import { MemoryMailbox, MemorySharedCache } from '@coffer/cache/memory';
import { ElapsedTime } from '@coffer/coherence';
import type { Configuration } from '@coffer/config';
import { systemClock } from '@coffer/secrets';
import { cacheRulesOf } from './cache-rules.js';
import { cachePartsOf } from './read-cache.js';

type Settings = Pick<Configuration, 'cache' | 'managers'>;
type Own = Partial<Omit<Configuration['cache'], 'mode'>>;

const ON = { enabled: true, maximumSize: 10, expireAfterWrite: 1_000 };
const settings = (own: Own, ...managers: { tenant: string; namespace?: string; cache?: typeof ON }[]): Settings => ({
  cache: { ...ON, mode: 'strict', ...own },
  managers: managers as unknown as Configuration['managers'],
});

describe('the rules of caches', () => {
  it('are those of kestra.secret, and each manager’s own where it has some', () => {
    const own = { enabled: true, maximumSize: 5, expireAfterWrite: 2_000 };
    const all = settings({}, { tenant: 'main', cache: own }, { tenant: 'main', namespace: 'company' });
    expect([...cacheRulesOf(all, false)]).toEqual([
      ['default', { maximumSize: 10, lifeMs: 1_000 }],
      ['main', { maximumSize: 5, lifeMs: 2_000 }],
      ['main/company', { maximumSize: 10, lifeMs: 1_000 }],
    ]);
  });

  it('are none for what is not to be cached', () => {
    const off = { ...ON, enabled: false };
    expect([...cacheRulesOf(settings({}, { tenant: 'main', cache: off }), false).keys()]).toEqual(['default']);
    expect(cacheRulesOf(settings({ enabled: false }, { tenant: 'main' }), false).size).toBe(0);
  });

  it('let no entry live for longer than one of a shared cache, where there is one', () => {
    const long = settings({ expireAfterWrite: 3_600_000 });
    expect(cacheRulesOf(long, false).get('default')?.lifeMs).toBe(3_600_000);
    expect(cacheRulesOf(long, true).get('default')?.lifeMs).toBe(300_000);
    expect(cacheRulesOf(settings({ expireAfterWrite: 299_999 }), true).get('default')?.lifeMs).toBe(299_999);
  });
});

describe('the parts of a gateway’s caches', () => {
  const time = new ElapsedTime(systemClock);
  const mailbox = new MemoryMailbox();
  const cache = new MemorySharedCache({ time, maxTtlMs: 1_000, maximumSize: 1, waitTimeoutMs: 1 });

  it('are none where nothing is cached, or strictly and nobody can be asked for a lease', () => {
    expect(cachePartsOf(settings({ enabled: false }), time, { mailbox })).toBeUndefined();
    expect(cachePartsOf(settings({}), time, undefined)).toBeUndefined();
  });

  it('are rules and time alone in mode bounded, which needs nobody', () => {
    const bounded: Settings = { ...settings({}), cache: { ...ON, mode: 'bounded' } };
    expect(cachePartsOf(bounded, time, undefined)).toEqual({
      ...{ mode: 'bounded', time, rules: new Map([['default', { maximumSize: 10, lifeMs: 1_000 }]]) },
    });
  });

  it('have the mailbox, and the shared cache where there is one, which bounds the life of entries', () => {
    const long = settings({ expireAfterWrite: 3_600_000 });
    const alone = cachePartsOf(long, time, { mailbox });
    expect([alone?.mailbox, alone?.rules.get('default')?.lifeMs]).toEqual([mailbox, 3_600_000]);
    expect(alone).not.toHaveProperty('shared');
    const parts = cachePartsOf(long, time, { mailbox, cache });
    expect([parts?.shared, parts?.rules.get('default')?.lifeMs]).toEqual([cache, 300_000]);
  });
});
