import type { UndeliveredEvent, UndeliveredEvents } from '@coffer/messaging';
import { CofferError, SecretPath } from '@coffer/secrets';
import type { Webhook } from './webhook.js';

/** Whether a caller may see an event; `undefined` for one that is about no secret. */
export type UndeliveredFilter = (path: SecretPath | undefined) => boolean;

export interface ListedUndelivered extends Omit<UndeliveredEvent, 'path' | 'body'> {
  readonly path: SecretPath | undefined;
}

const pathOf = ({ path }: UndeliveredEvent): SecretPath | undefined =>
  path === undefined ? undefined : SecretPath.tryParse(path);

/** The webhooks of a gateway, and the events that they gave up. */
export class WebhookService {
  constructor(
    private readonly webhooks: readonly Webhook[],
    /** `undefined` where no webhook is configured. */
    private readonly undelivered: UndeliveredEvents | undefined,
  ) {}

  async start(): Promise<void> {
    await Promise.all(this.webhooks.map((webhook) => webhook.start()));
  }

  async close(): Promise<void> {
    await Promise.all(this.webhooks.map((webhook) => webhook.close()));
  }

  /** Oldest first. */
  async list(visible: UndeliveredFilter): Promise<readonly ListedUndelivered[]> {
    const all = (await this.undelivered?.list()) ?? [];
    return all.flatMap((event) => {
      const path = pathOf(event);
      const { body: _, ...rest } = event;
      return visible(path) ? [{ ...rest, path }] : [];
    });
  }

  /**
   * Posts the event again, and forgets it once the receiver has taken it. Throws `not-found` for one that is not there or not
   * visible, `unavailable` when the receiver does not take it, and `conflict` when its webhook is not configured any more.
   */
  async replay(id: string, visible: UndeliveredFilter): Promise<ListedUndelivered> {
    const found = await this.#find(id, visible);
    if (found === undefined) throw new CofferError('not-found', 'there is no such undelivered event');
    const { event, path } = found;
    const webhook = this.webhooks.find((each) => each.id === event.webhook);
    if (webhook === undefined) {
      throw new CofferError('conflict', `webhook '${event.webhook}' is not configured any more: discard the event`);
    }
    await webhook.replay(event.id, event.body);
    await this.undelivered?.discard(event.id);
    return { ...event, path };
  }

  /** Succeeds for one that is not there. */
  async discard(id: string, visible: UndeliveredFilter): Promise<ListedUndelivered | undefined> {
    const found = await this.#find(id, visible);
    if (found === undefined) return undefined;
    await this.undelivered?.discard(id);
    return { ...found.event, path: found.path };
  }

  async #find(id: string, visible: UndeliveredFilter) {
    const event = (await this.undelivered?.list())?.find((each) => each.id === id);
    const path = event && pathOf(event);
    return event !== undefined && visible(path) ? { event, path } : undefined;
  }
}
