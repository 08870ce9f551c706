import { startBareHttp } from '../subjects/bare-http.js';
import { CofferCalls, LANES } from '../subjects/coffer-calls.js';
import { HttpConnection, requestBytes, type HttpAnswer } from '../../harness/http-connection.js';
import { Cluster, startServer, THREE_GATEWAYS } from '../../cluster/index.js';
import { printError } from '../../harness/outcome.js';
import { holdToMeasuredCore, holdToOtherCore, startedOnMeasuredCore } from './one-core.js';

/** Three gateways each, with the same load; of the cached ones, the first is held to one core and read from. */
export interface CacheSubjects {
  readonly cached: CofferCalls;
  /** Through another gateway of the same system, keys of its own. */
  readonly writes: CofferCalls;
  readonly uncachedWrites: CofferCalls;
  /** On the same core as the cached gateway, one at a time under load: the same request, the same bytes back. */
  readonly bareHttp: (lane: number) => Promise<void>;
  /** On the same core, a secret with the same value. */
  readonly vault: (lane: number) => Promise<void>;
  /** The cached gateway. */
  readonly gateway: { readonly pid: number; readonly address: string };
  /** Process ids of the bare server and of Vault. */
  readonly pids: { readonly bareHttp: number; readonly vault: number };
  readonly token: string;
}

type Cleanup = () => void | Promise<void>;

/** The longest that entries in Redis are kept: longer than any run. */
const CACHE = { maximumSize: 10_000, expireAfterWrite: 'PT5M' };

const lanesTo = async (
  port: number,
  request: Buffer,
  cleanups: Cleanup[],
  right: (answer: HttpAnswer) => boolean,
): Promise<(lane: number) => Promise<void>> => {
  const connections = await Promise.all(Array.from({ length: LANES }, () => HttpConnection.open(port)));
  cleanups.push(() => connections.forEach((connection) => connection.close()));
  const check = (answer: HttpAnswer): void => {
    if (!right(answer)) throw new Error(`answered ${answer.status}: ${answer.body.toString('utf8')}`);
  };
  return (lane) => (connections[lane] as HttpConnection).send(request).then(check);
};

const startVault = async (
  cleanups: Cleanup[],
  value: string,
): Promise<{ readonly call: CacheSubjects['vault']; readonly pid: number }> => {
  const server = await startedOnMeasuredCore(() => startServer('vault'));
  cleanups.push(() => server.stop());
  const [address = '', token = ''] = [server.env['COFFER_TEST_VAULT_ADDR'], server.env['COFFER_TEST_VAULT_TOKEN']];
  const target = '/v1/secret/data/bench/team/KEY_0';
  const written = await fetch(`${address}${target}`, {
    method: 'POST',
    headers: { 'x-vault-token': token },
    body: JSON.stringify({ data: { value } }),
  });
  if (!written.ok) throw new Error(`Vault answered ${written.status}: ${await written.text()}`);
  const bytes = Buffer.from(value);
  const right = ({ status, body }: HttpAnswer): boolean => status === 200 && body.includes(bytes);
  const { port } = new URL(address);
  const call = await lanesTo(Number(port), requestBytes('GET', target, { token }), cleanups, right);
  return { call, pid: server.handle.pid };
};

/** Starts all of it, and lets it go after `use`. */
export const withCacheSubjects = async <T>(use: (subjects: CacheSubjects) => Promise<T>): Promise<T> => {
  const cleanups: Cleanup[] = [];
  const open = async (cached: boolean): Promise<Cluster> => {
    const cluster = await Cluster.open({ counts: THREE_GATEWAYS, ...(cached && { cache: CACHE }) });
    cleanups.push(() => cluster.close());
    return cluster;
  };
  const callsTo = async (cluster: Cluster, gateway: number, namespace: string): Promise<CofferCalls> => {
    const started = cluster.of('gateway')[gateway];
    const calls = await CofferCalls.open({ url: started?.address ?? '', token: cluster.token }, LANES, namespace);
    cleanups.push(() => calls.close());
    return calls;
  };
  try {
    const on = await open(true);
    printError('three gateways that cache are up');
    const off = await open(false);
    printError('three gateways that do not are up');
    const cached = await callsTo(on, 0, 'bench.reads');
    const writes = await callsTo(on, 1, 'bench.writes');
    const uncachedWrites = await callsTo(off, 1, 'bench.writes');
    await cached.warm(/hit; detail=l1/);
    printError('the secrets are written and cached');
    const answer = await cached.answer();
    const bare = await startedOnMeasuredCore(() => startBareHttp(answer));
    cleanups.push(() => bare.close());
    const same = ({ body }: HttpAnswer): boolean => body.equals(answer.body);
    const bareHttp = await lanesTo(bare.port, cached.request, cleanups, same);
    const vault = await startVault(cleanups, (JSON.parse(answer.body.toString('utf8')) as { value: string }).value);
    const [gateway] = on.of('gateway');
    if (gateway === undefined) throw new Error('there is no gateway');
    holdToMeasuredCore(gateway.pid);
    for (const { pid } of [...on.processes, ...off.processes]) if (pid !== gateway.pid) holdToOtherCore(pid);
    const pids = { bareHttp: bare.pid, vault: vault.pid };
    return await use({ cached, writes, uncachedWrites, bareHttp, vault: vault.call, gateway, pids, token: on.token });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
};
