import { Cluster, startServer } from '../../cluster/index.js';
import { holdToMeasuredCore, holdToOtherCore, startedOnMeasuredCore } from '../bench-cache/one-core.js';
import { KvReads } from './kv-reads.js';

/** A gateway of Coffer that caches, and Vault itself, both held to the same core. */
export interface VaultSubjects {
  readonly coffer: KvReads;
  readonly vault: KvReads;
  readonly pids: { readonly coffer: number; readonly vault: number };
  readonly gateway: { readonly address: string };
  readonly token: string;
}

/** Entries are kept longer than any run. */
const CACHE = { maximumSize: 10_000, expireAfterWrite: 'PT1H' };
const COUNTS = { gateway: 1, 'secret-worker': 1, 'cache-invalidator': 1 };

/** Starts both, and lets them go after `use`. */
export const withVaultSubjects = async <T>(use: (subjects: VaultSubjects) => Promise<T>): Promise<T> => {
  const cleanups: (() => void | Promise<void>)[] = [];
  try {
    const settings = { vault: { enabled: true } };
    const cluster = await Cluster.open({ counts: COUNTS, cache: CACHE, settings });
    cleanups.push(() => cluster.close());
    const [gateway] = cluster.of('gateway');
    if (gateway === undefined) throw new Error('there is no gateway');
    const server = await startedOnMeasuredCore(() => startServer('vault'));
    cleanups.push(() => server.stop());
    const coffer = await KvReads.open(gateway.address, cluster.token);
    cleanups.push(() => coffer.close());
    const { COFFER_TEST_VAULT_ADDR: address = '', COFFER_TEST_VAULT_TOKEN: token = '' } = server.env;
    const vault = await KvReads.open(address, token);
    cleanups.push(() => vault.close());
    holdToMeasuredCore(gateway.pid);
    for (const { pid } of cluster.processes) if (pid !== gateway.pid) holdToOtherCore(pid);
    const pids = { coffer: gateway.pid, vault: server.handle.pid };
    return await use({ coffer, vault, pids, gateway, token: cluster.token });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
};
