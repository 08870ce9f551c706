import type { WebhookConfiguration } from '@coffer/config';
import { MessageSealer, type Messaging } from '@coffer/messaging';
import { Metrics, type Logger } from '@coffer/observability';
import { CofferError, type Clock } from '@coffer/secrets';
import { Webhook, WebhookService } from '@coffer/webhooks';
import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CLOCK, LOGGER, MESSAGING, PUBLIC_URL, WEBHOOK_SETTINGS } from '../process/tokens.js';
import { WebhooksController } from './webhooks.controller.js';

const openWebhooks = (
  all: readonly WebhookConfiguration[],
  { subscriptions }: Messaging,
  sealer: MessageSealer,
  publicUrl: string | undefined,
  clock: Clock,
  metrics: Metrics,
  logger: Logger,
): WebhookService => {
  if (all.length === 0) return new WebhookService([], undefined);
  if (subscriptions === undefined) throw new CofferError('internal', 'webhooks need messaging with subscriptions');
  const { undelivered } = subscriptions;
  metrics.watchBudget('webhook-dead-letters', () => undelivered.memory);
  const webhooks = all.map(
    (settings) =>
      new Webhook({
        ...{ settings, undelivered, sealer, publicUrl, clock, metrics, logger },
        subscription: subscriptions.subscription(settings.id),
      }),
  );
  return new WebhookService(webhooks, undelivered);
};

/** Tells receivers of changes by HTTP. */
@Module({
  controllers: [WebhooksController],
  providers: [
    {
      provide: WebhookService,
      inject: [WEBHOOK_SETTINGS, MESSAGING, MessageSealer, PUBLIC_URL, CLOCK, Metrics, LOGGER],
      useFactory: openWebhooks,
    },
  ],
})
export class WebhooksModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(WebhookService) private readonly webhooks: WebhookService) {}

  onApplicationBootstrap(): Promise<void> {
    return this.webhooks.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.webhooks.close();
  }
}
