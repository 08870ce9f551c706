import type { ApplyOptions, Backend, StoreMutation } from '@coffer/backend-contract';
import { withFacade } from '@coffer/backend-facade';
import { SecretPath, SecretValue, type Outcome as Applied } from '@coffer/secrets';
import { Ends } from '../../harness/ends.js';
import { until } from '../../harness/index.js';
import type { Instance } from '../../harness/instance.js';
import { assert, assertEqual, combine, show, type Outcome } from '../../harness/outcome.js';
import type { StoreRow } from './faulted-store.js';
import { openWorker } from './open-worker.js';

/** Bounds a failure only. */
const TIMEOUT_MS = 60_000;
const NEW = 'new';

const pathOf = (kind: StoreMutation['kind']): SecretPath => SecretPath.of('main', 'company.late', `LATE_${kind}`);
const put = (path: SecretPath, text: string): StoreMutation => ({
  kind: 'put',
  path,
  value: new SecretValue(text),
  metadata: { description: text, tags: [] },
});

/** What the worker that is late wants of a key each; the other one has put `NEW` there meanwhile. */
const LATE: readonly StoreMutation[] = [
  put(pathOf('put'), 'old'),
  { kind: 'delete', path: pathOf('delete') },
  { kind: 'patch', path: pathOf('patch'), metadata: { description: 'old' } },
];

/** The store as one worker reaches it: its writes are under way until `released`, and no deadline ends them. */
const storeOf = (backend: Backend, released: Promise<void>, begun: () => void): Backend => ({
  capabilities: backend.capabilities,
  read: (path, call) => backend.read(path, call),
  list: (scope, call) => backend.list(scope, call),
  check: (call) => backend.check(call),
  // Another worker uses it.
  close: () => Promise.resolve(),
  apply: async (mutation: StoreMutation, options: ApplyOptions): Promise<Applied> => {
    begun();
    await released;
    return backend.apply(mutation, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  },
});

/** A worker of its own queue, and how its mutations ended. */
class OwnWorker {
  private constructor(
    private readonly instance: Instance,
    readonly ends: Ends,
  ) {}

  static async over(store: Backend): Promise<OwnWorker> {
    const instance = await openWorker(withFacade(store, { callTimeoutMs: TIMEOUT_MS }));
    return new OwnWorker(instance, Ends.follow(instance.standalone.messaging).ends);
  }

  async publish(mutation: StoreMutation): Promise<Published> {
    const sealed = this.instance.seal(mutation);
    const { offset } = await this.instance.standalone.messaging.producer.publish(sealed);
    return { operation: sealed.operation, offset };
  }

  ended(published: readonly Published[]): Promise<boolean> {
    const isOver = () => published.every(({ operation }) => this.ends.byOperation.has(operation));
    return until('the mutations end', isOver, TIMEOUT_MS);
  }

  close(): Promise<void> {
    return this.instance.close();
  }
}

interface Published {
  readonly operation: string;
  /** In the queue: of two workers of one generation, the higher one has the higher fence. */
  readonly offset: bigint;
}

/**
 * Two workers that each take themselves for the owner of the same rows: the writes of the first, under old fences, land after
 * those of the second, under new ones. Where the store's writes are conditional, they change nothing.
 */
export const lateWorker = async (steady: Backend, { conditional }: Pick<StoreRow, 'conditional'>): Promise<Outcome> => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let begun = 0;
  const late = await OwnWorker.over(storeOf(steady, released, () => (begun += 1)));
  const successor = await OwnWorker.over(storeOf(steady, Promise.resolve(), () => undefined));
  try {
    const old: Published[] = [];
    for (const mutation of LATE) old.push(await late.publish(mutation));
    await until('the writes are under way', () => begun === LATE.length, TIMEOUT_MS);
    const latest: Published[] = [];
    // The second write of each key has a higher offset than any of the late ones.
    for (const text of ['filler', NEW]) {
      for (const { path } of LATE) latest.push(await successor.publish(put(path, text)));
    }
    await successor.ended(latest);
    release();
    await late.ended(old);
    let [changed, applied] = [0, 0];
    for (const { operation } of old) {
      const end = late.ends.byOperation.get(operation);
      // Its own queue knows of no such fence: the worker says `superseded`, or stops with `fence-ahead`.
      if (end?.type === 'COMMIT' && end.outcome === 'applied') applied += 1;
    }
    for (const { path } of LATE) {
      const stored = await steady.read(path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (stored?.value.reveal() !== NEW || stored.metadata.description !== NEW) changed += 1;
    }
    const counted = conditional ? assertEqual : show;
    return combine(
      assert(
        old.every(({ offset }, index) => offset < (latest[LATE.length + index]?.offset ?? 0n)),
        'a late write had the higher fence',
      ),
      counted('late writes of another worker that changed a row', changed, 'writes', 0),
      counted('late writes of another worker that were called applied', applied, 'writes', 0),
    );
  } finally {
    release();
    await late.close();
    await successor.close();
  }
};
