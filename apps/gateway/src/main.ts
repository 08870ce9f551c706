import 'reflect-metadata';
import { ElapsedTime } from '@coffer/coherence';
import { MessagingStrategy } from '@coffer/messaging/nest';
import { cachePartsOf } from '@coffer/reads';
import {
  AccessWatch,
  addressOf,
  breakGlassRecords,
  CONFIGURATION_HELP,
  KeyRingWatch,
  listenOn,
  messageRing,
  openAudit,
  openAuthenticator,
  openDistributed,
  openListenerTls,
  openRedisCache,
  openStores,
  portOf,
  runService,
  shareRevocations,
  storeRings,
  VERSION,
} from '@coffer/service';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule } from './gateway.module.js';
import { createHttpAdapter, HTTP_OPTIONS } from './http/http-adapter.js';
import { httpLimitsOf } from './http/http-limits.js';

const HELP = `The gateway of a distributed Coffer: serves the API, reads stores, publishes mutations to Kafka.

Usage: node dist/gateway.js [--config FILE]

${CONFIGURATION_HELP}
Environment:
  COFFER_PORT   where to listen, instead of coffer.server.port
`;

void runService({
  name: 'gateway',
  help: HELP,
  start: async (context) => {
    const { configuration, logger } = context;
    const distributed = await openDistributed(context);
    const { messaging } = distributed;
    const { registry, health } = await openStores(distributed);
    const authenticator = openAuthenticator(distributed);
    const sharing = shareRevocations({ ...distributed, authenticator });
    // Whoever awaits it is told.
    sharing.catch(() => undefined);
    const apply = (changed: typeof configuration.access): void => authenticator.replace(changed);
    const access = new AccessWatch({ ...context, ...distributed, file: configuration.file, apply });
    const keys = new KeyRingWatch({
      ...{ ...context, ...distributed, alone: false },
      rings: [
        messageRing(distributed.ring, ({ access: changed }) => apply(changed)),
        ...storeRings(registry, distributed.ring),
      ],
    });
    const time = new ElapsedTime(distributed.clock);
    const redis = await openRedisCache(distributed, time);
    const cache = cachePartsOf(configuration, time, redis);
    const audit = openAudit({
      ...distributed,
      configuration: configuration.audit,
      kafka: configuration.kafka,
      fallback: { type: 'stdout' },
      process: context.name,
    });
    const { tls, stop: stopTls } = openListenerTls({ ...context, ...distributed });
    authenticator.recordBreakGlass(breakGlassRecords(audit, logger));
    const app = await NestFactory.create<NestFastifyApplication>(
      GatewayModule.register({
        ...distributed,
        registry,
        health,
        authenticator,
        access,
        audit,
        trustedProxies: configuration.server.trustedProxies,
        publicUrl: configuration.server.publicUrl,
        catalogue: configuration.catalogue,
        webhooks: configuration.webhooks,
        limits: configuration.limits,
        vault: configuration.vault,
        ...(cache && { cache }),
        ...(configuration.probe && { probe: configuration.probe }),
        version: VERSION,
      }),
      createHttpAdapter(logger, httpLimitsOf(configuration), tls),
      { ...HTTP_OPTIONS, logger: false },
    );
    app.connectMicroservice({ strategy: new MessagingStrategy({ messaging, consume: false, coordinate: false }) });
    await app.startAllMicroservices();
    // Before anybody is let in.
    const revocations = await sharing;
    health.start();
    const { host, port: configured } = configuration.server;
    const port = portOf(process.env, configured);
    await listenOn({ host, port }, (address) => app.listen(port, address));
    return {
      ready: async () => {
        await health.allUp();
        return addressOf(app.getHttpServer());
      },
      close: async () => {
        access.stop();
        stopTls();
        keys.stop();
        revocations.close();
        health.stop();
        await app.close();
        await audit.close();
        await redis?.close();
        await distributed.close();
        await registry.close();
      },
    };
  },
});
