import { join } from 'node:path';
import type { Authenticator, Credentials } from '@coffer/access';
import type { AuditTrail } from '@coffer/audit';
import type { Stores } from '@coffer/backend-registry';
import { MemoryMailbox } from '@coffer/cache/memory';
import { CacheInvalidatorModule } from '@coffer/cache-invalidator';
import { DEFAULT_TIMING, ElapsedTime, type Timing } from '@coffer/coherence';
import type { Configuration } from '@coffer/config';
import { KeyRing, type KeySource } from '@coffer/crypto';
import { createHttpAdapter, GatewayModule, HTTP_OPTIONS, httpLimitsOf } from '@coffer/gateway';
import { memoryMessaging, MessageSealer, type Messaging } from '@coffer/messaging';
import { MessagingStrategy } from '@coffer/messaging/nest';
import { Metrics, openTraces, type Logger } from '@coffer/observability';
import { cachePartsOf } from '@coffer/reads';
import { WorkerModule } from '@coffer/secret-worker';
import { systemClock } from '@coffer/secrets';
import {
  AccessWatch,
  KeyRingWatch,
  messageRing,
  breakGlassRecords,
  openAudit,
  openAuthenticator,
  openListenerTls,
  openStores,
  shareRevocations,
  StoreHealth,
  storeRings,
  watchMessaging,
  type ServiceContext,
} from '@coffer/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataFolder } from './data-folder/data-folder.js';
import { openOutbox } from './open-outbox.js';
import { FirstStartToken, type ShowToken } from './first-start-token.js';

/** What a process does, by the names of the programs that do it alone. */
export type Role = 'gateway' | 'secret-worker' | 'cache-invalidator';

export interface StandaloneOptions {
  readonly configuration: Configuration;
  readonly folder: DataFolder;
  readonly logger: Logger;
  readonly version: string;
  /** Reads the configuration file again, to see changes of its access and TLS. Without it, they do not count. */
  readonly again?: Pick<ServiceContext, 'reload' | 'reloadAccess' | 'reloadTls'>;
  /** Called with the token that the first start of a folder makes. */
  readonly showToken: ShowToken;
  /** Closed with everything else. Defaults to those of the configuration, or to the database of the folder. */
  readonly stores?: Stores;
  /** Defaults to `DEFAULT_TIMING`. */
  readonly timing?: Timing;
  /** Defaults to all of them. */
  readonly roles?: readonly Role[];
  /** In place of that of the configuration; closed with everything else. */
  readonly audit?: AuditTrail;
  /** In place of the one that knows the tokens and users of the configuration. */
  readonly authenticator?: Authenticator;
}

/** The roles in one process. `app` answers requests where it is a gateway. */
export interface Standalone {
  readonly app: NestFastifyApplication;
  readonly messaging: Messaging;
  /** What it seals messages with. */
  readonly ring: KeyRing;
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

/** The file in the data folder that holds the audit, unless `coffer.audit` says otherwise. */
const AUDIT_FILE = 'audit.jsonl';

/** The id of the data folder's own key, which counts where `coffer.encryption` names none. */
const ROOT_KEY_ID = 'root';

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

/** Wires the roles over memory transports; what differs from the distributed system is in this file. */
export const composeStandalone = async (options: StandaloneOptions): Promise<Standalone> => {
  const { configuration, folder, logger, version, timing = DEFAULT_TIMING } = options;
  const { roles = ['gateway', 'secret-worker', 'cache-invalidator'] } = options;
  const clock = systemClock;
  const metrics = new Metrics();
  const root = [{ id: ROOT_KEY_ID, secret: folder.rootKey, active: true }];
  const keysOf = ({ encryption }: Configuration): readonly KeySource[] => encryption?.keys ?? root;
  const ring = await KeyRing.derive(keysOf(configuration));
  const first = new FirstStartToken(folder, ring, options.showToken);
  const credentials = (access: Configuration['access']): Credentials => {
    const token = first.credentialBeside(access);
    return token === undefined ? access : { ...access, tokens: [token, ...access.tokens] };
  };
  const authenticator = openAuthenticator(
    { configuration, ring, metrics, clock, logger, uses: folder.secretIdUses },
    credentials(configuration.access),
  );
  const revocations = await shareRevocations({
    ...{ authenticator, metrics, clock, logger },
    messaging: { revocations: folder.revocations(clock) },
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
  const { registry, health } =
    options.stores === undefined
      ? await openStores({ configuration, metrics, timing, logger }, embedded)
      : { registry: options.stores, health: new StoreHealth(options.stores.all(), logger) };
  const keys =
    options.again &&
    new KeyRingWatch({
      ...{ ...options.again, configuration, metrics, logger, clock, alone: true },
      rings: [messageRing(ring, ({ access: changed }) => apply(changed), keysOf), ...storeRings(registry, ring)],
    });
  const { partitions, shards } = configuration.messaging;
  const { limits } = configuration;
  // Every tail of the log begins with the process, so nothing is kept for one that would begin later.
  const outbox = roles.includes('gateway') ? openOutbox(configuration.webhooks, folder, clock, logger) : undefined;
  const messaging = memoryMessaging({ partitions, shards }, timing.windowMs, clock, {
    ...{ replayMs: 0, deadLettersMaxBytes: limits.deadLetters },
    ...(outbox && { outbox }),
    onDeadLetterEvicted: (deadLetter) =>
      logger.error(deadLetter, 'a dead letter was dropped: all of them take up coffer.limits.deadLetters'),
  });
  watchMessaging(messaging, metrics);
  const sealer = new MessageSealer(ring);
  const { generation } = folder;
  const traces = await openTraces({ service: 'coffer-standalone', version, logger });
  const common = { messaging, sealer, timing, clock, logger, metrics, traces };
  const cache = cachePartsOf(configuration, new ElapsedTime(clock), { mailbox: new MemoryMailbox() });
  const audit = roles.includes('gateway')
    ? (options.audit ??
      openAudit({
        ...{ metrics, logger, clock },
        configuration: configuration.audit,
        kafka: configuration.kafka,
        fallback: { type: 'file', path: join(folder.path, AUDIT_FILE) },
        process: 'standalone',
      }))
    : undefined;
  if (audit !== undefined) authenticator.recordBreakGlass(breakGlassRecords(audit, logger));
  const modules: Readonly<Record<Role, () => DynamicModule>> = {
    gateway: () =>
      GatewayModule.register({
        ...{ ...common, registry, health, ring, limits, version },
        authenticator: options.authenticator ?? authenticator,
        audit: audit as AuditTrail,
        trustedProxies: configuration.server.trustedProxies,
        publicUrl: configuration.server.publicUrl,
        vault: configuration.vault,
        catalogue: configuration.catalogue,
        webhooks: configuration.webhooks,
        ...(access && { access }),
        ...(cache && { cache }),
        ...(configuration.probe && { probe: configuration.probe }),
      }),
    'secret-worker': () =>
      WorkerModule.register({ ...common, stores: registry, generation, operationsMaxBytes: limits.operations }),
    'cache-invalidator': () =>
      CacheInvalidatorModule.register({
        ...{ ...common, alone: true },
        ...(cache?.mode === 'strict' && cache.mailbox && { mailbox: cache.mailbox }),
      }),
  };
  const { tls, stop: stopTls } = openListenerTls({
    ...{ configuration, metrics, logger, clock },
    reloadTls: options.again?.reloadTls,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    StandaloneModule.compose(...roles.map((role) => modules[role]())),
    createHttpAdapter(logger, httpLimitsOf(configuration), tls),
    { ...HTTP_OPTIONS, logger: false },
  );
  const [consume, coordinate] = [roles.includes('secret-worker'), roles.includes('cache-invalidator')];
  app.connectMicroservice({ strategy: new MessagingStrategy({ messaging, consume, coordinate }) });
  await app.startAllMicroservices();
  health.start();
  return {
    app,
    messaging,
    ring,
    health,
    close: async () => {
      health.stop();
      access?.stop();
      stopTls();
      keys?.stop();
      clearInterval(watch);
      revocations.close();
      await app.close();
      await audit?.close();
      await traces.close();
      await registry.close();
      outbox?.close();
      folder.close();
    },
  };
};
