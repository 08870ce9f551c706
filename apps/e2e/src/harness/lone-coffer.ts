import { Authenticator, PERMISSIONS, createAccessToken, hashAccessToken } from '@coffer/access';
import type { BackendFacade } from '@coffer/backend-facade';
import type { Store } from '@coffer/backend-registry';
import { MemoryMailbox } from '@coffer/cache/memory';
import { CoordinatorModule } from '@coffer/cache-invalidator';
import { DEFAULT_TIMING, ElapsedTime } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import { createHttpAdapter, GatewayModule, HTTP_OPTIONS } from '@coffer/gateway';
import { memoryMessaging, MessageSealer } from '@coffer/messaging';
import { MessagingStrategy } from '@coffer/messaging/nest';
import { createLogger, Metrics } from '@coffer/observability';
import type { CacheRule } from '@coffer/reads';
import { WorkerModule } from '@coffer/secret-worker';
import { SecretValue, isWithinNamespace, systemClock, type SecretPath } from '@coffer/secrets';
import { StoreHealth } from '@coffer/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';

@Module({})
class LoneModule {
  static compose(...modules: DynamicModule[]): DynamicModule {
    return { module: LoneModule, imports: modules };
  }
}

/** A store and the namespace that it serves with its children; the first one serves all the rest. */
export interface LoneStore {
  readonly backend: BackendFacade;
  readonly namespace?: string;
}

export interface LoneCoffer {
  readonly url: string;
  readonly token: string;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

const registryOf = (stores: readonly LoneStore[]) => {
  const all = stores.map(({ backend, namespace }, index): Store => {
    const scope = namespace === undefined ? {} : { tenant: 'main', namespace };
    return { name: namespace ?? `default${index === 0 ? '' : index}`, ...scope, backend, readOnly: false };
  });
  const [defaultStore, ...scoped] = all as [Store, ...Store[]];
  const forNamespace = (_tenant: string, namespace?: string): Store =>
    scoped.find((each) => namespace !== undefined && isWithinNamespace(namespace, each.namespace ?? '')) ??
    defaultStore;
  return {
    all: () => all,
    forTenant: () => all,
    forNamespace,
    of: ({ tenant, namespace }: SecretPath) => forNamespace(tenant, namespace),
    onBreaker: (listener: (manager: Store, open: boolean) => void): void =>
      all.forEach((manager) => manager.backend.onBreakerChange((open) => listener(manager, open))),
  };
};

/**
 * Gateway, worker and coordinator in this process, over whatever stores a measurement needs. With a rule, the values of
 * the first store are cached, strictly and in memory.
 */
export const openLoneCoffer = async (
  stores: readonly LoneStore[],
  log: 'info' | 'silent' = 'silent',
  rule?: CacheRule,
): Promise<LoneCoffer> => {
  const registry = registryOf(stores);
  const [logger, metrics, clock, timing] = [createLogger(log), new Metrics(), systemClock, DEFAULT_TIMING];
  const secret = new SecretValue(randomBytes(32).toString('base64'));
  const ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
  const sealer = new MessageSealer(ring);
  const messaging = memoryMessaging({ partitions: 4, shards: 2 }, timing.windowMs, clock);
  const health = new StoreHealth(registry.all(), logger);
  const token = createAccessToken();
  const grants = [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }];
  const tokens = [{ id: 't', hash: hashAccessToken(ring, token), grants }];
  const authenticator = new Authenticator(ring, { tokens, users: [] });
  const mailbox = new MemoryMailbox();
  const time = new ElapsedTime(clock);
  const cache = rule && { rules: new Map([['default', rule]]), mode: 'strict' as const, time, mailbox };
  const common = { messaging, timing, clock, logger, metrics };
  const app = await NestFactory.create<NestFastifyApplication>(
    LoneModule.compose(
      GatewayModule.register({
        ...common,
        ...{ registry, health, ring, sealer, authenticator, version: '0' },
        catalogue: { refresh: 300_000 },
        ...(cache && { cache }),
      }),
      WorkerModule.register({ ...common, stores: registry, sealer, generation: 1 }),
      CoordinatorModule.register({ ...common, alone: true, ...(cache && { mailbox }) }),
    ),
    createHttpAdapter(logger),
    { ...HTTP_OPTIONS, logger: false },
  );
  app.connectMicroservice({ strategy: new MessagingStrategy({ messaging, consume: true, coordinate: true }) });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), token: token.reveal(), metrics, close: () => app.close() };
};
