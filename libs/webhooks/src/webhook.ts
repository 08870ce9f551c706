import type { WebhookConfiguration } from '@coffer/config';
import type { LogSubscriber, LogSubscription, MessageSealer, UndeliveredEvents } from '@coffer/messaging';
import type { Logger, Metrics } from '@coffer/observability';
import { CofferError, SecretPath, type Clock } from '@coffer/secrets';
import { Delivery } from './delivery.js';
import { NotTakenError, Receiver } from './receiver.js';
import { differingSettings, settingDigests } from './setting-digests.js';
import { eventOfCommit, isWatched, resyncEvent, type WebhookEvent } from './webhook-event.js';

export interface WebhookOptions {
  readonly settings: WebhookConfiguration;
  readonly subscription: LogSubscription;
  readonly undelivered: UndeliveredEvents;
  readonly sealer: Pick<MessageSealer, 'openOutcome'>;
  readonly publicUrl?: string | undefined;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'webhooks' | 'watchBudget' | 'onScrape'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Separates the webhook from the event in the id of a dead letter: it is in none of them. */
const SEPARATOR = '~';

/** One configured webhook: what its subscription says, delivered to its receiver. */
export class Webhook {
  readonly #receiver: Receiver;
  readonly #delivery: Delivery;
  #failing = false;
  /** Settings that the gateways have not alike. */
  #differing = '';

  constructor(private readonly options: WebhookOptions) {
    const { settings, clock, metrics, subscription } = options;
    this.#receiver = new Receiver(settings, () => clock.wall());
    this.#delivery = new Delivery({
      settings,
      receiver: this.#receiver,
      now: () => clock.monotonic(),
      observer: {
        attempted: (reason) => this.#attempted(reason),
        givenUp: (event, reason, attempts) => this.#giveUp(event, reason, attempts),
      },
    });
    const webhook = settings.id;
    metrics.watchBudget(`webhook ${webhook}`, () => subscription.memory);
    metrics.webhooks.failing.set({ webhook }, 0);
    metrics.webhooks.settingsDiffer.set({ webhook }, 0);
    metrics.onScrape.add(() => {
      metrics.webhooks.pending.set({ webhook }, this.#delivery.pending);
      metrics.webhooks.lag.set({ webhook }, this.#delivery.oldestMs / 1_000);
    });
  }

  get id(): string {
    return this.options.settings.id;
  }

  start(): Promise<void> {
    const { settings, sealer, publicUrl, subscription } = this.options;
    const subscriber: LogSubscriber = {
      settings: settingDigests(settings),
      differ: (names) => this.#differ(differingSettings(names)),
      wants: (text) => {
        const path = SecretPath.tryParse(text);
        return path !== undefined && isWatched(settings, path);
      },
      deliver: async (entry, signal) => {
        const event = eventOfCommit(entry, settings, { sealer, publicUrl });
        if (event !== undefined) await this.#delivery.deliver(event, signal);
      },
      missed: (signal) => this.#missed(signal),
    };
    return subscription.start(subscriber);
  }

  /** Posts an event that was given up, once. Throws `unavailable` when the receiver does not take it. */
  async replay(id: string, body: string): Promise<void> {
    try {
      await this.#receiver.post(id.slice(id.indexOf(SEPARATOR) + 1), body);
    } catch (error) {
      if (!(error instanceof NotTakenError)) throw error;
      throw new CofferError(
        'unavailable',
        `the receiver of webhook '${this.id}' did not take the event (${error.reason}); it is kept`,
        { webhook: this.id },
      );
    }
  }

  async close(): Promise<void> {
    await this.options.subscription.close();
    this.#receiver.close();
  }

  async #missed(signal: AbortSignal): Promise<void> {
    const { settings, publicUrl, clock, metrics, logger } = this.options;
    metrics.webhooks.missed.inc({ webhook: this.id });
    logger.error(
      { webhook: this.id },
      'events of a webhook were gone before they were read; it is told to fetch everything anew',
    );
    const time = clock.wall();
    await this.#delivery.deliver(resyncEvent(`resync-${time}`, settings, { publicUrl, time }), signal);
  }

  #differ(settings: readonly string[]): void {
    const { metrics, logger } = this.options;
    const webhook = this.id;
    const differing = settings.join(', ');
    if (differing === this.#differing) return;
    this.#differing = differing;
    metrics.webhooks.settingsDiffer.set({ webhook }, differing === '' ? 0 : 1);
    if (differing === '') return logger.info({ webhook }, 'the gateways have the same settings of a webhook');
    logger.error(
      { webhook, settings },
      'gateways have different settings of a webhook, and any of them delivers its events; give all of them the same coffer.webhooks',
    );
  }

  #attempted(reason: string | undefined): void {
    const { metrics, logger } = this.options;
    const webhook = this.id;
    const failed = reason !== undefined;
    metrics.webhooks.attempts.inc({ webhook, outcome: failed ? 'failed' : 'delivered' });
    if (failed === this.#failing) return;
    this.#failing = failed;
    metrics.webhooks.failing.set({ webhook }, failed ? 1 : 0);
    if (failed) logger.warn({ webhook, reason }, 'the receiver of a webhook does not take events; trying again');
    else logger.info({ webhook }, 'the receiver of a webhook takes events again');
  }

  async #giveUp({ id, path, body }: WebhookEvent, reason: string, attempts: number): Promise<void> {
    const { undelivered, clock, metrics, logger } = this.options;
    const webhook = this.id;
    await undelivered.add({
      id: `${webhook}${SEPARATOR}${id}`,
      ...{ webhook, body, reason, attempts, time: Math.floor(clock.wall()) },
      ...(path === undefined ? {} : { path }),
    });
    metrics.webhooks.undelivered.inc({ webhook });
    logger.warn(
      { webhook, event: id, reason, attempts },
      'an event of a webhook was given up and is a dead letter now',
    );
  }
}
