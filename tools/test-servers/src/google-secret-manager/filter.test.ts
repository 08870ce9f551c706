import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFilter } from './filter.ts';

const at = (time: string) => ({ seconds: Date.parse(time) / 1000, nanos: 0 });
const secrets = [
  {
    name: 'projects/1/secrets/asecret',
    labels: { environment: 'production' },
    createTime: at('2021-01-01T03:00:00Z'),
    replication: { automatic: {} },
  },
  {
    name: 'projects/1/secrets/bsecret',
    labels: { environment: 'test', team_a: 'x' },
    createTime: at('2021-01-01T09:00:00Z'),
    replication: { userManaged: { replicas: [{ location: 'us-central1' }] } },
  },
  { name: 'projects/1/secrets/mysecret', labels: {}, createTime: at('2022-01-01T00:00:00Z'), replication: {} },
];
const found = (filter: string) =>
  secrets.filter(compileFilter(filter)).map(({ name }) => name.replace('projects/1/secrets/', ''));

// The scenarios of https://cloud.google.com/secret-manager/docs/filtering#examples, and its `name:asecret OR name:bsecret`.
for (const [filter, names] of [
  ['name:asecret OR name:bsecret', ['asecret', 'bsecret']],
  ['name:mysecret', ['mysecret']],
  ['labels.environment=production', ['asecret']],
  ['create_time<2021-01-01T06:00:00Z', ['asecret']],
  ['create_time<2021-01-01T12:00:00Z AND create_time>2021-01-01T06:00:00Z', ['bsecret']],
  ['replication.automatic:*', ['asecret']],
  [
    'replication.user_managed.replicas.location:* AND NOT replication.user_managed.replicas.location:(us-east1)',
    ['bsecret'],
  ],
] as [string, string[]][]) {
  test(`published example: ${filter}`, () => assert.deepEqual(found(filter), names));
}

test('AND may be left out, OR binds tighter, NOT and - turn round', () => {
  assert.deepEqual(found('labels.environment:* name:secret'), ['asecret', 'bsecret']);
  assert.deepEqual(found('labels.environment=test AND name:a OR name:b'), ['bsecret']);
  assert.deepEqual(found('-labels.environment:*'), ['mysecret']);
  assert.deepEqual(found('NOT (name:asecret OR name:bsecret)'), ['mysecret']);
  assert.deepEqual(found('labels.team_a="x"'), ['bsecret']);
  assert.deepEqual(found('labels.environment!=test'), ['asecret']);
  assert.deepEqual(found(''), ['asecret', 'bsecret', 'mysecret']);
});

test('what cannot be read is refused', () => {
  for (const filter of ['name', 'AND', '(name:a', 'name:a)', 'name ~ "a.*"', 'create_time<yesterday']) {
    assert.throws(() => found(filter), { code: 3 }, filter);
  }
});
