import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenStores } from './chosen-stores.ts';
import { stores } from './stores.ts';

const chosen = (asked: string[], env: NodeJS.ProcessEnv) => {
  const meant = stores.filter(
    ({ store, folder }) => asked.length === 0 || [store, folder].some((n) => asked.includes(n)),
  );
  return chosenStores(meant, asked, env).map(({ store }) => store);
};
const postgresql = { COFFER_TEST_POSTGRESQL_URL: 'postgresql://u:p@db/x' };

test('without an address every store that is meant is run', () => {
  assert.equal(chosen([], {}).length, stores.length);
  assert.deepEqual(chosen(['jdbc'], {}), ['jdbc-postgresql', 'jdbc-mysql', 'jdbc-embedded', 'jdbc-h2']);
});

test('an address leaves no other server to be started', () => {
  assert.deepEqual(chosen([], postgresql), ['jdbc-postgresql']);
  assert.deepEqual(chosen(['jdbc'], postgresql), ['jdbc-postgresql']);
  const jdbc = { COFFER_TEST_JDBC_URL: 'jdbc:mariadb://db/x?user=u&password=p' };
  assert.deepEqual(chosen(['jdbc'], jdbc), ['jdbc-mysql']);
  assert.deepEqual(chosen([], { COFFER_TEST_H2_URL: 'h2://u:p@db:5435/x' }), ['jdbc-h2']);
});

test('a store that is asked for by its own name is run all the same', () => {
  assert.deepEqual(chosen(['jdbc-h2', 'jdbc-postgresql'], postgresql), ['jdbc-postgresql', 'jdbc-h2']);
  assert.deepEqual(chosen(['elasticsearch'], postgresql), ['elasticsearch']);
});

test('half an address is said to be one', () => {
  const half = { COFFER_TEST_VAULT_ADDR: 'https://vault:8200' };
  assert.throws(() => chosen(['vault-kv2'], half), /COFFER_TEST_VAULT_ADDR is set and COFFER_TEST_VAULT_TOKEN is not/);
});
