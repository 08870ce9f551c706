import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverNames, servers } from '@coffer/test-servers';
import { stores } from './stores.ts';
import { integrationSuites, isLate, serversOf, suiteServers } from './suite-servers.ts';

const suites = integrationSuites();

test('every row is of a suite that there is, and names servers that there are', () => {
  assert.ok(suites.length > 0);
  for (const [path, names] of Object.entries(suiteServers)) {
    assert.ok(
      suites.some((suite) => suite.startsWith(path)),
      `no suite begins with ${path}`,
    );
    assert.deepEqual(
      names.filter((name) => !serverNames.includes(name)),
      [],
      path,
    );
  }
});

test('the longest path counts, and a suite without a row needs what comes promptly', () => {
  assert.deepEqual(serversOf('libs/backends/jdbc/src/h2-file.it.spec.ts'), ['h2']);
  assert.deepEqual(serversOf('libs/backends/jdbc/src/servers.it.spec.ts'), ['postgresql', 'mariadb', 'h2']);
  const prompt = servers.filter(({ slow }) => !slow).map(({ name }) => name);
  assert.deepEqual(serversOf('docs/new.it.spec.ts'), prompt);
});

test('what needs a server that is slow to get is late, and nothing else', () => {
  assert.ok(isLate('libs/backends/vault-kv2/src/session.it.spec.ts'));
  assert.ok(!isLate('libs/backends/jdbc/src/h2-file.it.spec.ts'));
});

test('the suites of every store with a server of its own need that server', () => {
  for (const { folder, servers: names } of stores) {
    const own = suites.filter((suite) => suite.startsWith(`libs/backends/${folder}/`));
    for (const name of names)
      assert.ok(
        own.some((suite) => serversOf(suite).includes(name)),
        `${folder}: ${name}`,
      );
  }
});
