/**
 * @typedef {import('./cluster.mjs').Role} Role
 * @typedef {import('./stores.mjs').Tree} Tree
 */

/** Addresses and passwords of the servers, which are for the suites. */
const OF_SUITES = /^COFFER_TEST_/;
/** Where the clients of stores look for credentials by themselves. */
const OF_STORES =
  /^(AWS|AZURE|ARM|GOOGLE|GCLOUD|VAULT|BAO|PG|MYSQL|ELASTIC|KESTRA_SECRET|KESTRA_ELASTICSEARCH|DATASOURCES)_?/;

/**
 * What of the configuration a role needs: coordinators nothing of the stores, workers nothing of Redis.
 * @param {Role} role
 * @param {Tree} whole
 * @returns {Tree}
 */
export function configurationOf(role, whole) {
  const { kestra, datasources, coffer, ...rest } = /** @type {Record<string, any>} */ (whole);
  if (role === 'gateway') return whole;
  if (role === 'secret-worker') {
    const { redis: _redis, ...others } = coffer;
    return { ...rest, kestra, datasources, coffer: others };
  }
  const { secret = {}, elasticsearch: _store, ...others } = kestra;
  return { ...rest, coffer, kestra: { ...others, secret: { ...(secret.cache && { cache: secret.cache }) } } };
}

/**
 * What of the environment a role gets: nobody the addresses of the suites' servers, coordinators nothing of a store's.
 * @param {Role} role
 * @param {NodeJS.ProcessEnv} environment of this process
 * @param {Record<string, string>} ofStore what clients of the store need
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentOf(role, environment, ofStore) {
  const kept = Object.entries(environment).filter(
    ([name]) => !OF_SUITES.test(name) && (role !== 'cache-invalidator' || !OF_STORES.test(name)),
  );
  return { ...Object.fromEntries(kept), ...(role === 'cache-invalidator' ? {} : ofStore) };
}
