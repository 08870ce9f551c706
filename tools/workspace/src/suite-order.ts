import { isLate } from './suite-servers.ts';
import { suiteWorkers } from './suite-workers.ts';

/** Seconds that suites take on two cores, those that take longest; measured, or judged by the processor time they use, in November 2026. */
const LONGEST: Readonly<Record<string, number>> = {
  'apps/e2e/src/properties/brokers.ts': 120,
  'apps/e2e/src/api/console-of-a-cluster.it.spec.ts': 110,
  'apps/e2e/src/api/console.it.spec.ts': 90,
  'apps/e2e/src/properties/fuzz-openapi.ts': 100,
  'apps/e2e/src/properties/stores.ts': 90,
  'apps/e2e/src/properties/watch.ts': 90,
  'apps/e2e/src/api/access-commands.it.spec.ts': 89,
  'apps/e2e/src/properties/store-faults.ts': 80,
  'apps/e2e/src/properties/webhooks.ts': 80,
  'apps/e2e/src/api/console-states.it.spec.ts': 75,
  'apps/e2e/src/properties/chaos.ts': 75,
  'apps/e2e/src/properties/fuzz-http.ts': 75,
  'apps/e2e/src/properties/replay.ts': 75,
  'libs/backends/elasticsearch/src/elasticsearch.conformance.it.spec.ts': 75,
  'apps/e2e/src/properties/attacks.ts': 70,
  'apps/e2e/src/properties/cache-outages.ts': 70,
  'apps/e2e/src/properties/leak-scan.ts': 60,
  'apps/e2e/src/api/run-with-secrets.it.spec.ts': 60,
  'apps/e2e/src/properties/revocation.ts': 75,
  'apps/e2e/src/properties/soak.ts': 60,
  'apps/e2e/src/properties/distributed-poison.ts': 60,
  'apps/e2e/src/api/faults/starts-that-cannot-be.it.spec.ts': 60,
  'libs/backends/aws-secrets-manager/src/aws-secrets-manager.conformance.it.spec.ts': 60,
  'libs/backends/google-secret-manager/src/google-secret-manager.conformance.it.spec.ts': 57,
  'libs/backends/jdbc/src/h2.conformance.it.spec.ts': 53,
  'libs/backends/aws-secrets-manager/src/nine-permissions.conformance.it.spec.ts': 50,
  'libs/backends/registry/src/facade-over-google-secret-manager.conformance.it.spec.ts': 50,
  'apps/e2e/src/properties/distributed.ts': 50,
  'apps/e2e/src/api/console-fast-keys.it.spec.ts': 46,
  'apps/e2e/src/api/console-by-keyboard.it.spec.ts': 42,
  'apps/e2e/src/properties/key-rotation.ts': 50,
  'apps/e2e/src/api/run-through-changes.it.spec.ts': 40,
};
const OTHER_SECONDS = 20;
const UNIT_SECONDS = 1.5;
/** What is slow to get is there after so long: 330 s, and some to spare. */
const SLOW_SERVER_SECONDS = 420;

const secondsOf = (suite: string) => LONGEST[suite] ?? OTHER_SECONDS;
const longestFirst = (suites: readonly string[]) => [...suites].sort((a, b) => secondsOf(b) - secondsOf(a));

/**
 * The order in which the suites of one run begin: what needs no server, while the servers start; then the longest, so that none of
 * them is alone at the end. Suites that need what is slow to get begin when it is likely there.
 */
export function inOrder(units: readonly string[], integration: readonly string[]): string[] {
  const before = longestFirst(integration.filter((suite) => !isLate(suite)));
  const late = integration.filter(isLate);
  // Of all workers together.
  const until = suiteWorkers() * SLOW_SERVER_SECONDS;
  let seconds = units.length * UNIT_SECONDS;
  const meanwhile = before.filter((suite) => {
    if (late.length === 0 || seconds >= until) return false;
    seconds += secondsOf(suite);
    return true;
  });
  const rest = before.filter((suite) => !meanwhile.includes(suite));
  return [...units, ...meanwhile, ...longestFirst([...late, ...rest])];
}
