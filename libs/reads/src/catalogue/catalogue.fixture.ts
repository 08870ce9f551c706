import type { Backend } from '@coffer/backend-contract';
import type { BackendFacade } from '@coffer/backend-facade';
import { ElapsedTime, type CommitRecord, type LogEntry } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import { memoryMessaging, MessageSealer, type LogTail } from '@coffer/messaging';
import { Metrics } from '@coffer/observability';
import { fenceOf, SecretPath, SecretValue, systemClock, type SecretMetadata } from '@coffer/secrets';
import { CatalogueService } from './catalogue-service.js';
import { ListService, type ListedStores } from './list-service.js';

const WINDOW_MS = 60_000;
const ROOT = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
export const call = () => ({ signal: new AbortController().signal });

export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (
    const end = performance.now() + 4_000;
    !(await holds());
    await new Promise((resolve) => setTimeout(resolve, 5))
  ) {
    if (performance.now() > end) throw new Error('it never came to be');
  }
};

/** A gateway's catalogue over the real log in memory; what writes do, without queue and worker. */
export class CatalogueBench {
  readonly messaging = memoryMessaging({ partitions: 1, shards: 1 }, WINDOW_MS, systemClock);
  readonly metrics = new Metrics();
  readonly logged: { readonly message: string; readonly fields: object }[] = [];
  readonly service: CatalogueService;
  readonly lists: ListService;
  #offset = 0n;
  #tail: LogTail | undefined;

  private constructor(
    private readonly sealer: MessageSealer,
    readonly managers: ListedStores,
    refresh: number,
    tenants: readonly string[],
  ) {
    const time = new ElapsedTime(systemClock);
    const record = (fields: object, message: string): void => void this.logged.push({ fields, message });
    this.service = new CatalogueService({
      managers,
      log: this.messaging.log,
      sealer,
      windowMs: WINDOW_MS,
      refresh,
      tenants,
      maxUnknownTenants: 20,
      now: () => time.now(),
      metrics: this.metrics,
      logger: { info: record, warn: record } as never,
    });
    this.lists = new ListService(this.service, managers);
  }

  static async open(
    managers: ListedStores | BackendFacade,
    { refresh = 300_000, tenants = [] as readonly string[] } = {},
  ): Promise<CatalogueBench> {
    const sealer = new MessageSealer(await KeyRing.derive([{ id: 'test', secret: ROOT, active: true }]));
    const bench = new CatalogueBench(sealer, 'forNamespace' in managers ? managers : alone(managers), refresh, tenants);
    bench.#tail = await bench.messaging.log.tail([0], { read: (entry: LogEntry) => bench.service.read(entry) });
    bench.service.start();
    return bench;
  }

  async close(): Promise<void> {
    this.service.close();
    await this.#tail?.close();
  }

  /** The end of a write, as the log tells it; the store is as it is. */
  async commit(
    namespace: string,
    key: string,
    more: Partial<Pick<CommitRecord, 'kind' | 'outcome' | 'owner'>> & {
      metadata?: SecretMetadata;
      version?: string;
    } = {},
  ): Promise<void> {
    const {
      metadata = { tags: [] },
      version = String(this.#offset),
      kind = 'put',
      outcome = 'applied',
      owner = 0n,
    } = more;
    this.#offset += 1n;
    const path = SecretPath.of('main', namespace, key);
    const operation = `op-${this.#offset}`;
    const sealed = this.sealer.sealOutcome(path, operation, { version, revision: 1, metadata });
    await this.messaging.log.append(0, {
      type: 'COMMIT',
      ...{ partition: 0, owner, path: path.toString(), fence: fenceOf(1, this.#offset), operation, kind, outcome },
      ...{ fingerprint: '', sealed: kind === 'delete' ? new Uint8Array() : sealed },
    });
  }

  /** The beginning of a write, which may never end. */
  async prepare(namespace: string, key: string): Promise<void> {
    this.#offset += 1n;
    await this.messaging.log.append(0, {
      ...{ type: 'PREPARE', partition: 0, owner: 0n, path: SecretPath.of('main', namespace, key).toString() },
      ...{ fence: fenceOf(1, this.#offset), operation: `op-${this.#offset}`, prepareNumber: 1 },
    });
  }

  async keys(namespace?: string): Promise<string[]> {
    const { content } = await this.lists.list('main', namespace);
    return content.map(({ namespace: found, key }) => `${found}/${key}`);
  }

  async figure(name: string): Promise<number> {
    const line = (await this.metrics.text()).split('\n').find((text) => text.startsWith(name));
    return Number(line?.split(' ').at(-1) ?? NaN);
  }
}

let offset = 0n;
export const put = async (
  backend: Backend,
  namespace: string,
  key: string,
  metadata: SecretMetadata = { tags: [] },
) => {
  offset += 1n;
  const path = SecretPath.of('main', namespace, key);
  await backend.apply(
    { kind: 'put', path, value: new SecretValue('v'), metadata },
    { fence: fenceOf(1, offset), ...call() },
  );
};
export const drop = async (backend: Backend, namespace: string, key: string) => {
  offset += 1n;
  await backend.apply(
    { kind: 'delete', path: SecretPath.of('main', namespace, key) },
    { fence: fenceOf(1, offset), ...call() },
  );
};

export const manager = (backend: BackendFacade, name = 'default'): ReturnType<ListedStores['forNamespace']> => ({
  name,
  backend,
  readOnly: false,
});
const alone = (backend: BackendFacade): ListedStores => {
  const only = manager(backend);
  return { forNamespace: () => only, forTenant: () => [only] };
};
