import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { mysqlHarness, postgresqlHarness } from './testing/index.js';

/** Short by default; a longer run: COFFER_TEST_TERMINATION_SECONDS=300. */
const SECONDS = Number(process.env['COFFER_TEST_TERMINATION_SECONDS'] ?? 4);
const READERS = 24;
const INTERVAL_MS = 400;
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const path = SecretPath.of('main', 'company', 'k');

/** What ends all connections to a database but the one that says it. */
const DATABASES = [
  [
    'PostgreSQL',
    postgresqlHarness,
    (database: string) =>
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity ' +
      `WHERE datname = '${database}' AND application_name = 'coffer' AND pid <> pg_backend_pid()`,
  ],
  [
    'MariaDB',
    mysqlHarness,
    (database: string) =>
      'BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR 1094 BEGIN END; FOR other IN (SELECT id FROM ' +
      `information_schema.processlist WHERE db = '${database}' AND id <> connection_id()) ` +
      "DO EXECUTE IMMEDIATE CONCAT('KILL ', other.id); END FOR; END",
  ],
] as const;

/** An error event that nobody hears, or a rejection, would fail the test as it would end a process. */
it.each(DATABASES)(
  '%s that ends all of its connections, again and again, fails reads and not the process',
  async (...[, harnessOf, terminate]) => {
    const harness = harnessOf();
    const { database } = await harness.connection();
    const backend = await harness.openWith({}, '');
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    const counts = { read: 0, unavailable: 0, rounds: 0 };
    const unexpected: unknown[] = [];
    let over = false;
    const reader = async (): Promise<void> => {
      while (!over) {
        try {
          const stored = await backend.read(path, call());
          if (stored?.value.reveal() === 'v') counts.read += 1;
          else unexpected.push(stored);
        } catch (error) {
          if (CofferError.is(error, 'unavailable')) counts.unavailable += 1;
          else unexpected.push(error);
        }
      }
    };
    const readers = Array.from({ length: READERS }, reader);
    const end = performance.now() + SECONDS * 1_000;
    while (performance.now() < end || counts.unavailable === 0) {
      await harness.execute(terminate(database));
      counts.rounds += 1;
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
    over = true;
    await Promise.all(readers);
    expect(unexpected).toEqual([]);
    expect(counts.read).toBeGreaterThan(0);
    let last: unknown;
    while (last === undefined) last = await backend.read(path, call()).catch(() => undefined);
    await backend.close();
    await harness.close();
  },
  900_000,
);
