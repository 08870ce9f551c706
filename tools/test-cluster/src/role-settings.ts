import type { Role } from './cluster.ts';
import type { Tree } from './stores.ts';

/** Addresses and passwords of the servers, which are for the suites. */
const OF_SUITES = /^COFFER_TEST_/;
/** Where the clients of stores look for credentials by themselves. */
const OF_STORES =
  /^(AWS|AZURE|ARM|GOOGLE|GCLOUD|VAULT|BAO|PG|MYSQL|ELASTIC|KESTRA_SECRET|KESTRA_ELASTICSEARCH|DATASOURCES)_?/;

/** What of the configuration a role needs: coordinators nothing of the stores, workers nothing of Redis. */
export function configurationOf(role: Role, whole: Tree): Tree {
  const { kestra, datasources, coffer, ...rest } = whole as Record<string, Tree>;
  if (role === 'gateway') return whole;
  if (role === 'secret-worker') {
    const { redis: _redis, ...others } = coffer ?? {};
    return { ...rest, kestra, datasources, coffer: others };
  }
  const { secret = {}, elasticsearch: _store, ...others } = kestra as Record<string, Tree>;
  const { managers: _managers, ...own } = coffer ?? {};
  return {
    ...rest,
    coffer: own,
    kestra: { ...others, secret: { ...(secret.cache !== undefined && { cache: secret.cache }) } },
  };
}

/**
 * What of the environment a role gets: nobody the addresses of the suites' servers, coordinators nothing of a store's.
 * `environment`: of this process. `ofStore`: what clients of the store need.
 */
export function environmentOf(
  role: Role,
  environment: NodeJS.ProcessEnv,
  ofStore: Record<string, string>,
): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !OF_SUITES.test(name) && (role !== 'cache-invalidator' || !OF_STORES.test(name)),
  );
  return { ...Object.fromEntries(kept), ...(role === 'cache-invalidator' ? {} : ofStore) };
}
