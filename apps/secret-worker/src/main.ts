import 'reflect-metadata';
import { MessagingStrategy } from '@coffer/messaging/nest';
import {
  AccessWatch,
  authenticatorAfter,
  CONFIGURATION_HELP,
  followRevocations,
  FullBudgets,
  KeyRingWatch,
  messageRing,
  openAuthenticator,
  openDistributed,
  openListenerTls,
  openStores,
  runService,
  serveHealth,
  storeRings,
  useOf,
} from '@coffer/service';
import { NestFactory } from '@nestjs/core';
import { WorkerModule } from './worker.module.js';
import { WorkerRuntime } from './worker-runtime.js';

const HELP = `A worker of a distributed Coffer: takes mutations from Kafka and is the only one that writes to stores.

Usage: node dist/secret-worker.js [--config FILE]

${CONFIGURATION_HELP}
Environment:
  COFFER_PORT   where health and metrics are served, instead of coffer.server.port
`;

void runService({
  name: 'secret-worker',
  help: HELP,
  needs: { stores: true, redis: false },
  start: async (context) => {
    const distributed = await openDistributed(context);
    const { configuration, messaging, metrics } = distributed;
    const { registry, health } = await openStores(distributed);
    const { generation } = configuration.messaging;
    const app = await NestFactory.createMicroservice(
      WorkerModule.register({
        ...distributed,
        ...{ stores: registry, generation, operationsMaxBytes: configuration.limits.operations },
      }),
      { strategy: new MessagingStrategy({ messaging, consume: true, coordinate: false }), logger: false },
    );
    const authenticator = openAuthenticator(distributed);
    const following = followRevocations({ ...distributed, authenticator });
    const apply = (changed: typeof configuration.access): void => authenticator.replace(changed);
    const access = new AccessWatch({ ...context, ...distributed, file: configuration.file, apply });
    const keys = new KeyRingWatch({
      ...{ ...context, ...distributed, alone: false },
      rings: [
        messageRing(distributed.ring, ({ access: changed }) => apply(changed)),
        ...storeRings(registry, distributed.ring),
      ],
    });
    const runtime = app.get(WorkerRuntime);
    const missing = (): string[] => [
      ...Array.from(health.down, ([name, reason]) => `store ${name}: ${reason}`),
      ...runtime.halted.map((partition) => `partition ${partition}: fence-ahead`),
    ];
    const budgets = new FullBudgets();
    budgets.watch('operations', () => useOf(runtime.memory));
    metrics.onScrape.add(() => metrics.partitionsHalted.set(runtime.halted.length));
    const { tls, stop: stopTls } = openListenerTls({ ...context, ...distributed });
    const server = await serveHealth({
      tls,
      metrics,
      missing,
      details: () => ({ ...access.details(), ...budgets.details() }),
      authenticator: authenticatorAfter(authenticator, following),
      settings: configuration.server,
      logger: context.logger,
    });
    health.start();
    await app.listen();
    await following;
    return {
      ready: async () => {
        await health.allUp();
        return server.address;
      },
      close: async () => {
        health.stop();
        access.stop();
        stopTls();
        keys.stop();
        await app.close();
        await distributed.close();
        await registry.close();
        server.close();
      },
    };
  },
});
