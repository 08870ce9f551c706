import type { Configuration } from '@coffer/config';
import type { Logger } from '@coffer/observability';
import { SecretPath, type Clock } from '@coffer/secrets';
import { isWatched } from '@coffer/webhooks';
import type { DataFolder } from './data-folder/data-folder.js';
import { Outbox } from './data-folder/outbox/outbox.js';

/** The outbox of the configured webhooks; `undefined` where none is configured. */
export const openOutbox = (
  webhooks: Configuration['webhooks'],
  folder: DataFolder,
  clock: Pick<Clock, 'wall'>,
  logger: Pick<Logger, 'error'>,
): Outbox | undefined => {
  if (webhooks.length === 0) return undefined;
  return new Outbox({
    file: folder.outboxFile(),
    webhooks: webhooks.map(({ id }) => id),
    wants: (text) => {
      const path = SecretPath.tryParse(text);
      return path !== undefined && webhooks.some((webhook) => isWatched(webhook, path));
    },
    now: () => Math.floor(clock.wall()),
    onEvicted: ({ id, webhook }) =>
      logger.error(
        { id, webhook },
        'an undelivered event of a webhook was dropped: there are too many; replay or discard some',
      ),
  });
};
