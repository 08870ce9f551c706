import type { Change, ChangePlan, Effect } from '../api/types.js';
import { withVersions } from './plan.js';

const put = (key: string): Change => ({ action: 'put', namespace: 'a', key, value: 'v' });
const planOf = (...effects: [Effect, string?][]): ChangePlan => ({
  dryRun: true,
  counts: { create: 0, change: 0, same: 0, delete: 0, write: 0, refused: 0 },
  items: effects.map(([effect, version], at) => ({
    ...{ action: 'put', namespace: 'a', key: String(at), effect },
    ...(version === undefined ? {} : { version }),
  })),
});

it('applies what was planned and nothing else: what changed since is met by a condition', () => {
  const changes = ['0', '1', '2', '3', '4'].map(put);
  const plan = planOf(['create'], ['change', '7'], ['same', '1'], ['refused'], ['write']);
  expect(withVersions(changes, plan)).toEqual([
    { at: 0, change: { ...put('0'), ifNoneMatch: '*' } },
    { at: 1, change: { ...put('1'), ifMatch: '7' } },
    { at: 4, change: put('4') },
  ]);
  expect(withVersions(changes, plan, (at) => at === 1)).toHaveLength(2);
});

it('does not say of a deletion that there must be nothing', () => {
  const remove: Change = { action: 'delete', namespace: 'a', key: 'k' };
  expect(withVersions([remove], planOf(['delete', '3']))).toEqual([{ at: 0, change: { ...remove, ifMatch: '3' } }]);
});
