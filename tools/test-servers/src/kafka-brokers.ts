import { kafkaMember, newClusterId } from './kafka.ts';
import { stopServer } from './handles.ts';
import { obtainKillable, type Killable } from './lifecycle.ts';
import { freePort } from './processes.ts';

const VARIABLE = 'COFFER_TEST_KAFKA_BROKERS';

/**
 * The ports of one broker that the others use. `listens`: where it is; `advertised`: where the others look for it, which
 * differs where something stands between them.
 */
interface Entry {
  readonly listens: number;
  readonly advertised: number;
}

export interface Entries {
  readonly internal: Entry;
  readonly controller: Entry;
}

export interface Brokers {
  /** Names all of them. */
  readonly env: Readonly<Record<string, string>>;
  /** In the order of their ids, which begin with 1. */
  readonly members: readonly Killable[];
  /** Ends them and removes their data. */
  stop: () => Promise<void>;
}

/** Returns with nothing in between. */
async function direct(): Promise<Entry> {
  const port = await freePort();
  return { listens: port, advertised: port };
}

/**
 * A KRaft cluster whose every broker is a controller as well, each a process of its own that may be killed and revived. Resolves when all
 * answer. `entries`: the ports of each broker, by its place.
 */
export async function startBrokers(
  count: number,
  { log, entries }: { log: (line: string) => void; entries?: readonly Entries[] },
): Promise<Brokers> {
  const places =
    entries ??
    (await Promise.all(
      Array.from({ length: count }, async () => ({ internal: await direct(), controller: await direct() })),
    ));
  const clusterId = newClusterId();
  const voters = places.map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller.advertised}`).join(',');
  const settled = await Promise.allSettled(
    places.map(({ internal, controller }, index) =>
      obtainKillable(
        kafkaMember({
          id: index + 1,
          clusterId,
          voters,
          controller: controller.listens,
          internal: internal.listens,
          advertised: internal.advertised,
          replicas: Math.min(3, places.length),
        }),
        { log },
      ),
    ),
  );
  const members = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    // In clusters the last ones cannot hand their partitions over any more, and would wait for it.
    await Promise.all(members.map(({ handle }) => stopServer(handle, { graceMs: 2_000 })));
  };
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  return { env: { [VARIABLE]: members.map(({ env }) => env[VARIABLE]).join(',') }, members, stop };
}
