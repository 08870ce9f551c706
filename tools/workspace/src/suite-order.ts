import { isLate } from './suite-servers.ts';
import { suiteWorkers } from './suite-workers.ts';

/** Seconds that suites take in a whole run on two cores, three at a time, those that take longest; measured, or judged by what they take alone, in November 2026. */
const LONGEST: Readonly<Record<string, number>> = {
  'apps/e2e/src/properties/fuzz-openapi.ts': 1339,
  'apps/e2e/src/properties/fuzz-http.ts': 339,
  'apps/e2e/src/properties/brokers.ts': 251,
  'apps/e2e/src/properties/watch.ts': 205,
  'apps/e2e/src/api/console.it.spec.ts': 189,
  'libs/backends/elasticsearch/src/elasticsearch.conformance.it.spec.ts': 183,
  'apps/e2e/src/properties/replay.ts': 182,
  'apps/e2e/src/properties/cache-outages.ts': 163,
  'apps/e2e/src/properties/stores.ts': 161,
  'apps/e2e/src/api/console-of-a-cluster.it.spec.ts': 145,
  'apps/e2e/src/properties/webhooks.ts': 140,
  'apps/e2e/src/properties/attacks.ts': 137,
  'apps/e2e/src/api/access-commands.it.spec.ts': 128,
  'libs/backends/jdbc/src/h2.conformance.it.spec.ts': 128,
  'apps/e2e/src/properties/distributed-poison.ts': 125,
  'apps/e2e/src/api/faults/starts-that-cannot-be.it.spec.ts': 119,
  'libs/backends/aws-secrets-manager/src/aws-secrets-manager.conformance.it.spec.ts': 118,
  'apps/e2e/src/properties/store-faults.ts': 115,
  'apps/e2e/src/properties/revocation.ts': 110,
  'apps/e2e/src/properties/chaos.ts': 103,
  'apps/e2e/src/api/console-appearance.it.spec.ts': 100,
  'libs/backends/aws-secrets-manager/src/nine-permissions.conformance.it.spec.ts': 98,
  'apps/e2e/src/api/run-with-secrets.it.spec.ts': 90,
  'apps/e2e/src/api/console-commands.it.spec.ts': 90,
  'apps/e2e/src/api/vault-clients/vault-clients.it.spec.ts': 86,
  'apps/e2e/src/api/faults/database-out-of-reach.it.spec.ts': 85,
  'apps/e2e/src/api/console-administration.it.spec.ts': 85,
  'apps/e2e/src/properties/leak-scan.ts': 83,
  'apps/e2e/src/api/console-fast-keys.it.spec.ts': 80,
  'apps/e2e/src/properties/key-rotation.ts': 80,
  'apps/e2e/src/api/console-states.it.spec.ts': 78,
  'libs/backends/google-secret-manager/src/google-secret-manager.conformance.it.spec.ts': 77,
  'apps/e2e/src/properties/soak.ts': 76,
  'apps/e2e/src/api/console-by-keyboard.it.spec.ts': 70,
  'apps/e2e/src/api/console-interruptions.it.spec.ts': 70,
  'apps/e2e/src/api/run-through-changes.it.spec.ts': 70,
  'apps/e2e/src/properties/distributed.ts': 66,
  'apps/e2e/src/benchmarks/audit.ts': 63,
  'libs/backends/vault-kv2/src/session.it.spec.ts': 60,
  'apps/e2e/src/api/console-editor.it.spec.ts': 60,
  'apps/e2e/src/api/expired-lease.it.spec.ts': 56,
  'apps/e2e/src/api/console-long-lists.it.spec.ts': 54,
  'libs/backends/jdbc/src/h2-file.it.spec.ts': 52,
  'apps/e2e/src/properties/audit-trail.ts': 51,
  'apps/e2e/src/api/tls/kafka-tls.it.spec.ts': 49,
  'apps/e2e/src/api/webhook-dead-letters.it.spec.ts': 48,
  'apps/e2e/src/api/dead-letter-topic.it.spec.ts': 47,
  'apps/e2e/src/api/vault-clients/vault-clients-distributed.it.spec.ts': 46,
};
const OTHER_SECONDS = 20;
const UNIT_SECONDS = 4;
/** What is slow to get is there after so long: Vault takes 325 s of one processor, of two that three suites share with it. */
const SLOW_SERVER_SECONDS = 480;

const secondsOf = (suite: string) => LONGEST[suite] ?? OTHER_SECONDS;
const longestFirst = (suites: readonly string[]) => [...suites].sort((a, b) => secondsOf(b) - secondsOf(a));

/**
 * The order in which the suites of one run begin: what needs no server, while the servers start; then the longest, so that none of
 * them is alone at the end. Suites that need what is slow to get begin when it is likely there.
 */
export function inOrder(units: readonly string[], integration: readonly string[]): string[] {
  const before = longestFirst(integration.filter((suite) => !isLate(suite)));
  const late = integration.filter(isLate);
  // Seconds of all workers together.
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
