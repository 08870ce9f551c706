import 'reflect-metadata';
import { ElapsedTime } from '@coffer/coherence';
import { MessagingStrategy } from '@coffer/messaging/nest';
import {
  AccessWatch,
  authenticatorAfter,
  CONFIGURATION_HELP,
  followRevocations,
  KeyRingWatch,
  messageRing,
  openAuthenticator,
  openDistributed,
  openListenerTls,
  openRedisCache,
  runService,
  serveHealth,
} from '@coffer/service';
import { NestFactory } from '@nestjs/core';
import { CacheInvalidatorRuntime } from './cache-invalidator-runtime.js';
import { CacheInvalidatorModule } from './cache-invalidator.module.js';

const HELP = `A coordinator of a distributed Coffer: clears keys for writing, one coordinator for each shard of the log.

Usage: node dist/cache-invalidator.js [--config FILE]

${CONFIGURATION_HELP}
Environment:
  COFFER_PORT   where health and metrics are served, instead of coffer.server.port
`;

void runService({
  name: 'cache-invalidator',
  help: HELP,
  needs: { stores: false, redis: true },
  start: async (context) => {
    const distributed = await openDistributed(context);
    const { configuration, messaging, metrics } = distributed;
    const redis = await openRedisCache(distributed, new ElapsedTime(distributed.clock));
    const app = await NestFactory.createMicroservice(
      CacheInvalidatorModule.register({
        ...{ ...distributed, alone: false },
        ...(redis === undefined ? {} : { shared: redis.cache }),
        ...(redis === undefined || configuration.cache.mode === 'bounded' ? {} : { mailbox: redis.mailbox }),
      }),
      { strategy: new MessagingStrategy({ messaging, consume: false, coordinate: true }), logger: false },
    );
    const authenticator = openAuthenticator(distributed);
    const following = followRevocations({ ...distributed, authenticator });
    const apply = (changed: typeof configuration.access): void => authenticator.replace(changed);
    const access = new AccessWatch({ ...context, ...distributed, file: configuration.file, apply });
    const { tls, stop: stopTls } = openListenerTls({ ...context, ...distributed });
    const keys = new KeyRingWatch({
      ...{ ...context, ...distributed, alone: false },
      rings: [messageRing(distributed.ring, ({ access: changed }) => apply(changed))],
    });
    const server = await serveHealth({
      tls,
      metrics,
      missing: () => [],
      details: access.details,
      authenticator: authenticatorAfter(authenticator, following),
      settings: configuration.server,
      logger: context.logger,
    });
    await app.listen();
    await following;
    return {
      ready: () => Promise.resolve(server.address),
      close: async () => {
        access.stop();
        stopTls();
        keys.stop();
        // While it is still a member of the group, so that what it leaves is in the log before its successor comes.
        await app.get(CacheInvalidatorRuntime).leaveAll();
        await app.close();
        await redis?.close();
        await distributed.close();
        server.close();
      },
    };
  },
});
