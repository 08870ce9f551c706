import { Authenticator, type Credentials } from '@coffer/access';
import type { Stores } from '@coffer/backend-registry';
import { MemoryMailbox } from '@coffer/cache/memory';
import { CoordinatorModule } from '@coffer/cache-invalidator';
import { DEFAULT_TIMING, ElapsedTime } from '@coffer/coherence';
import type { Configuration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { createHttpAdapter, GatewayModule, HTTP_OPTIONS, httpLimitsOf } from '@coffer/gateway';
import { memoryMessaging, MessageSealer, type Messaging } from '@coffer/messaging';
import { MessagingStrategy } from '@coffer/messaging/nest';
import { Metrics, type Logger } from '@coffer/observability';
import { cachePartsOf } from '@coffer/reads';
import { WorkerModule } from '@coffer/secret-worker';
import { systemClock } from '@coffer/secrets';
import {
  AccessWatch,
  loginThrottleMetrics,
  openStores,
  watchMessaging,
  type ServiceContext,
  type StoreHealth,
} from '@coffer/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataFolder } from './data-folder/data-folder.js';
import { FirstStartToken, type ShowToken } from './first-start-token.js';

export interface StandaloneOptions {
  readonly configuration: Configuration;
  readonly folder: DataFolder;
  readonly logger: Logger;
  readonly version: string;
  /** Reads the configuration file again, to see changes of its access. Absent: they do not count. */
  readonly again?: Pick<ServiceContext, 'reload' | 'reloadAccess'>;
  /** Told of the token that the first start of a folder makes. */
  readonly showToken: ShowToken;
}

/** Gateway, worker and coordinator in one process. */
export interface Standalone {
  readonly app: NestFastifyApplication;
  readonly messaging: Messaging;
  readonly registry: Stores;
  readonly health: StoreHealth;
  /** Finishes what is in hand and lets everything go. */
  close(): Promise<void>;
}

@Module({})
class StandaloneModule {
  static compose(...modules: DynamicModule[]): DynamicModule {
    return { module: StandaloneModule, imports: modules };
  }
}

/** How often the folder is looked at, whose token is revoked by a file in it. */
const REVOCATION_INTERVAL_MS = 500;

const watchRevocation = (token: FirstStartToken, revoked: () => void): NodeJS.Timeout | undefined => {
  if (token.isRevoked()) return undefined;
  const timer = setInterval(() => {
    if (!token.isRevoked()) return;
    clearInterval(timer);
    revoked();
  }, REVOCATION_INTERVAL_MS).unref();
  return timer;
};

/** Wires the three roles over memory transports; what differs from the distributed system is in this file. */
export const composeStandalone = async (options: StandaloneOptions): Promise<Standalone> => {
  const { configuration, folder, logger, version } = options;
  const clock = systemClock;
  const timing = DEFAULT_TIMING;
  const metrics = new Metrics();
  const ring = await KeyRing.derive([{ id: 'root', secret: folder.rootKey, active: true }]);
  const first = new FirstStartToken(folder, ring, options.showToken);
  const credentials = (access: Configuration['access']): Credentials => {
    const token = first.credentialBeside(access);
    return token === undefined ? access : { tokens: [token, ...access.tokens], users: access.users };
  };
  const authenticator = new Authenticator(ring, credentials(configuration.access), {
    trustedProxies: configuration.server.trustedProxies,
    metrics: loginThrottleMetrics(metrics),
  });
  let current = configuration.access;
  const apply = (changed: Configuration['access']): void => {
    authenticator.replace(credentials(changed));
    current = changed;
  };
  const watch = watchRevocation(first, () => apply(current));
  const access =
    options.again && new AccessWatch({ ...options.again, file: configuration.file, apply, metrics, logger });
  const embedded = { file: folder.database, ring };
  const { registry, health } = await openStores({ configuration, metrics, timing, logger }, embedded);
  const { partitions, shards } = configuration.messaging;
  const { limits } = configuration;
  // Every tail of the log begins with the process, so nothing is kept for one that would begin later.
  const messaging = memoryMessaging({ partitions, shards }, timing.windowMs, clock, {
    ...{ replayMs: 0, deadLettersMaxBytes: limits.deadLetters },
    onDeadLetterEvicted: (deadLetter) =>
      logger.error(deadLetter, 'a dead letter was dropped: all of them take up coffer.limits.deadLetters'),
  });
  watchMessaging(messaging, metrics);
  const sealer = new MessageSealer(ring);
  const { generation } = folder;
  const cache = cachePartsOf(configuration, new ElapsedTime(clock), { mailbox: new MemoryMailbox() });
  const app = await NestFactory.create<NestFastifyApplication>(
    StandaloneModule.compose(
      GatewayModule.register({
        registry,
        health,
        messaging,
        ring,
        sealer,
        authenticator,
        ...(access && { access }),
        metrics,
        logger,
        clock,
        timing,
        catalogue: configuration.catalogue,
        limits,
        ...(cache && { cache }),
        ...(configuration.probe && { probe: configuration.probe }),
        version,
      }),
      WorkerModule.register({
        ...{ messaging, stores: registry, sealer, timing, generation, clock, logger, metrics },
        operationsMaxBytes: limits.operations,
      }),
      CoordinatorModule.register({
        ...{ messaging, timing, alone: true, clock, logger, metrics },
        ...(cache?.mode === 'strict' && cache.mailbox && { mailbox: cache.mailbox }),
      }),
    ),
    createHttpAdapter(logger, httpLimitsOf(configuration)),
    { ...HTTP_OPTIONS, logger: false },
  );
  app.connectMicroservice({ strategy: new MessagingStrategy({ messaging, consume: true, coordinate: true }) });
  await app.startAllMicroservices();
  health.start();
  return {
    app,
    messaging,
    registry,
    health,
    close: async () => {
      health.stop();
      access?.stop();
      clearInterval(watch);
      await app.close();
      await registry.close();
      folder.close();
    },
  };
};
