import { SeededRandom } from '@coffer/coherence/simulation';
import { property } from '../harness/property.js';
import { STORES } from './store-faults/stores/index.js';
import { withFacade } from '@coffer/backend-facade';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, fenceOf, SecretPath, SecretValue } from '@coffer/secrets';
import { Ends } from '../harness/ends.js';
import { until } from '../harness/index.js';
import type { Instance } from '../harness/instance.js';
import { assert, assertEqual, forEach, combine, printError, show, type Outcome } from '../harness/outcome.js';

import { FaultPlan } from './store-faults/fault-plan.js';
import type { FaultedStore, StoreRow } from './store-faults/faulted-store.js';
import { lateWorker } from './store-faults/late-worker.js';
import { after, KEYS, pathOf, planned, sameHeld, type Held, type Planned } from './store-faults/mutations.js';
import { openWorker } from './store-faults/open-worker.js';
import { VersionObserver } from './store-faults/version-observer.js';

interface StoreFaultsOptions {
  readonly mutations: number;
  /** Stores at the same time. */
  readonly concurrency: number;
  readonly seed: number;
}

/** Until another mutation ends, faults and all; those that do not are lost. */
const END_TIMEOUT_MS = 300_000;

const signal = (): AbortSignal => AbortSignal.timeout(60_000);
/** Milliseconds: not below what a loaded machine needs, not above what a run can spend on answers that never come. */
const [MIN_TIMEOUT_MS, MAX_TIMEOUT_MS] = [300, 3_000];
const SLOWEST_FACTOR = 4;
/** Milliseconds for one write of the warming up, and until one of them is taken. */
const [WARM_UP_CALL_TIMEOUT_MS, WARM_UP_TIMEOUT_MS] = [5_000, 60_000];
/** Mutations under way at a time: some wait for others of their key, most do not. */
const MAX_IN_FLIGHT = 10;

/** Connects and logs in, then measures how long a write may honestly take with many under way. */
const callTimeoutOf = async (backend: Backend): Promise<number> => {
  let slowest = 0;
  const write = async (key: number, round: number): Promise<void> => {
    const path = SecretPath.of('main', 'company.warm', `KEY_${key}`);
    const began = performance.now();
    const call = { signal: AbortSignal.timeout(WARM_UP_CALL_TIMEOUT_MS) };
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('warm'), metadata: { tags: [] } },
      { fence: fenceOf(1, BigInt(round)), ...call },
    );
    if (round > 1) slowest = Math.max(slowest, performance.now() - began);
  };
  /** A store that has just been prepared may not answer at once. */
  const taken = (error: unknown): false => {
    if (CofferError.is(error) && error.retryable) return false;
    throw error;
  };
  const warm = (key: number, round: number): Promise<unknown> =>
    until('a write is taken', () => write(key, round).then(() => true, taken), WARM_UP_TIMEOUT_MS);
  await warm(0, 1);
  for (const round of [1, 2]) await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, (_, key) => warm(key, round)));
  return Math.min(MAX_TIMEOUT_MS, Math.max(MIN_TIMEOUT_MS, Math.ceil(slowest * SLOWEST_FACTOR)));
};

interface Asked extends Planned {
  readonly operation: string;
}

/** How mutations ended, beside how they had to, in the order in which they were published. */
const judgeEnds = (asked: readonly Asked[], ends: Ends): { lost: number; refused: number; held: Held[] } => {
  const held: Held[] = Array.from({ length: KEYS }, () => undefined);
  let [lost, refused] = [0, 0];
  for (const each of asked) {
    const { key, mutation, operation } = each;
    const end = ends.byOperation.get(operation);
    const absent = mutation.kind === 'patch' && held[key] === undefined;
    if (end === undefined) lost += 1;
    else if (absent) refused += end.type === 'ABORT' && end.code === 'not-found' ? 0 : 1;
    else refused += end.type === 'COMMIT' && end.outcome === 'applied' ? 0 : 1;
    held[key] = after(held[key], each);
  }
  return { lost, refused, held };
};

/** Keys that do not hold what their last mutation left. */
const wrongKeys = async (steady: Backend, held: readonly Held[]): Promise<number> => {
  let wrong = 0;
  for (let key = 0; key < KEYS; key += 1) {
    const stored = await steady.read(pathOf(key), { signal: signal() });
    const found = stored && { value: stored.value.reveal(), metadata: stored.metadata };
    if (!sameHeld(found, held[key])) wrong += 1;
  }
  return wrong;
};

/** Versions that the store keeps beyond one for each write. */
const keptTwice = async ({ fencesOf }: FaultedStore, held: readonly Held[]): Promise<number> => {
  let twice = 0;
  for (let key = 0; key < KEYS && fencesOf !== undefined; key += 1) {
    if (held[key] === undefined) continue;
    const fences = await fencesOf(pathOf(key));
    twice += fences.length - new Set(fences).size;
  }
  return twice;
};

/**
 * Mutations of some twenty keys go through the worker and the facade to a store a fifth of whose calls meet a fault:
 * each ends as it had to, and the store then holds what the last one left.
 */
const storeFaults = async (row: StoreRow, options: Omit<StoreFaultsOptions, 'concurrency'>): Promise<Outcome> => {
  const plan = new FaultPlan(options.seed);
  const store = await row.open(plan.judge);
  const observer = new VersionObserver(store.steady);
  let worker: Instance | undefined;
  try {
    const callTimeoutMs = await callTimeoutOf(store.faulted);
    printError(`${row.store}: a call may take ${callTimeoutMs} ms`);
    // Faults come so close together that a breaker would do nothing but open.
    const facade = withFacade(store.faulted, { callTimeoutMs, breaker: { failures: Infinity } });
    worker = await openWorker(facade);
    const { producer } = worker.standalone.messaging;
    const { ends } = Ends.follow(worker.standalone.messaging);
    plan.begin(row.kinds);
    observer.begin();
    const asked: Asked[] = [];
    const inFlight = () => asked.length - ends.byOperation.size;
    for (const each of planned(options.mutations, new SeededRandom(options.seed + 1))) {
      // One that never ends is counted below; the others still have their turn.
      await until('another mutation ends', () => inFlight() < MAX_IN_FLIGHT, END_TIMEOUT_MS).catch(() => plan.end());
      const sealed = worker.seal(each.mutation);
      await producer.publish(sealed);
      asked.push({ ...each, operation: sealed.operation });
    }
    const ended = () => inFlight() === 0;
    await until('every mutation ends', ended, END_TIMEOUT_MS).catch(() => undefined);
    plan.end();
    await until('every mutation ends without faults', ended, END_TIMEOUT_MS).catch(() => undefined);
    await observer.end();
    const { lost, refused, held } = judgeEnds(asked, ends);
    const wrong = await wrongKeys(store.steady, held);
    const twice = await keptTwice(store, held);
    const counted = row.conditional ? assertEqual : show;
    return combine(
      show('mutations', asked.length, 'mutations'),
      show('calls that met a fault', plan.faults, `of ${plan.calls} calls`),
      assert(plan.faults > 0, 'no call met a fault'),
      assertEqual('mutations lost', lost, 'mutations', 0),
      assertEqual('mutations refused or superseded in error', refused, 'mutations', 0),
      assertEqual('keys that do not hold what the last mutation left', wrong, 'keys', 0),
      counted('writes that were visible as two versions', observer.duplicates + twice, 'versions', 0),
      counted('values that came back after another', observer.returned, 'reads', 0),
      await lateWorker(store.steady, row),
    );
  } finally {
    plan.end();
    await observer.end();
    await worker?.close();
    await store.close();
  }
};

const rowOf = (name: string): StoreRow => {
  const row = STORES.find(({ store }) => store === name);
  if (row === undefined) throw new Error(`there is no store "${name}"`);
  return row;
};

export default property({
  name: 'store-faults',
  title: 'Stores whose calls fail',
  shows:
    'A fifth of all calls to a store is throttled, refused, cut or times out after it took effect, and no mutation is lost. Where the store cannot refuse a late write, what became visible twice is counted.',
  servers: [
    'moto',
    'azure-key-vault',
    'google-secret-manager',
    'vault',
    'elasticsearch',
    'postgresql',
    'mariadb',
    'h2',
  ],
  quick: { mutations: 120, concurrency: 3 },
  full: { store: STORES.map(({ store }) => store), mutations: 2_000, concurrency: 1, seed: 1 },
  help: '  --seed is that of the mutations and of the faults.',
  run: ({ store, concurrency, ...options }) =>
    forEach(store, (name) => storeFaults(rowOf(name), options), { concurrency }),
});
