import { isLate } from './suite-servers.ts';

/** Seconds that suites take on two cores, those that take longest; measured in November 2026. */
const LONGEST: Readonly<Record<string, number>> = {
  'apps/e2e/src/properties/stores.ts': 500,
  'apps/e2e/src/properties/brokers.ts': 260,
  'apps/e2e/src/properties/cache-outages.ts': 206,
  'apps/e2e/src/properties/store-faults.ts': 189,
  'apps/e2e/src/api/faults/starts-that-cannot-be.it.spec.ts': 163,
  'apps/e2e/src/properties/replay.ts': 150,
  'apps/e2e/src/properties/broker.ts': 148,
  'apps/e2e/src/api/access-commands.it.spec.ts': 142,
  'apps/e2e/src/benchmarks/bench-cache.ts': 129,
  'apps/e2e/src/properties/chaos.ts': 125,
  'apps/e2e/src/api/kestra/kestra-1.3.it.spec.ts': 180,
  'apps/e2e/src/api/kestra/kestra-2.0.it.spec.ts': 180,
  'apps/e2e/src/properties/starvation.ts': 114,
  'libs/backends/registry/src/facade-over-google-secret-manager.conformance.it.spec.ts': 112,
  'apps/e2e/src/api/console-of-a-cluster.it.spec.ts': 110,
  'libs/backends/azure-key-vault/src/azure-key-vault.conformance.it.spec.ts': 108,
  'apps/e2e/src/properties/watch.ts': 90,
  'apps/e2e/src/api/console.it.spec.ts': 90,
  'apps/e2e/src/properties/webhooks.ts': 80,
  'apps/e2e/src/api/console-states.it.spec.ts': 75,
};
const OTHER_SECONDS = 20;
const UNIT_SECONDS = 3;
/** What is slow to get is there after so long, in seconds of the two workers together: 330 s each, and some to spare. */
const SLOW_SERVER_SECONDS = 2 * 420;

const secondsOf = (suite: string) => LONGEST[suite] ?? OTHER_SECONDS;
const longestFirst = (suites: readonly string[]) => [...suites].sort((a, b) => secondsOf(b) - secondsOf(a));

/**
 * The order in which the suites of one run begin: what needs no server, while the servers start; then the longest, so that none of
 * them is alone at the end. Suites that need what is slow to get begin when it is likely there.
 */
export function inOrder(units: readonly string[], integration: readonly string[]): string[] {
  const before = longestFirst(integration.filter((suite) => !isLate(suite)));
  const late = integration.filter(isLate);
  let seconds = units.length * UNIT_SECONDS;
  const meanwhile = before.filter((suite) => {
    if (late.length === 0 || seconds >= SLOW_SERVER_SECONDS) return false;
    seconds += secondsOf(suite);
    return true;
  });
  const rest = before.filter((suite) => !meanwhile.includes(suite));
  return [...units, ...meanwhile, ...longestFirst([...late, ...rest])];
}
