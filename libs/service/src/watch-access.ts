import { unwatchFile, watchFile } from 'node:fs';
import type { Configuration } from '@coffer/config';
import type { Logger } from '@coffer/observability';

/** How often the file is looked at, in milliseconds: an upper bound of how long a revoked token still counts. */
const INTERVAL = 1_000;

/**
 * Applies changes of the configuration file's tokens and users without a restart. A file that cannot be read or is
 * wrong changes nothing, and says so. Answers how to stop.
 */
export const watchAccess = (
  file: string,
  reload: () => Configuration,
  apply: (changed: Configuration) => void,
  logger: Logger,
): (() => void) => {
  const changed = (): void => {
    try {
      apply(reload());
      logger.info({ file }, 'access was read again; other changes of the file count after a restart');
    } catch (err) {
      logger.error({ err, file }, 'the changed configuration is wrong; the tokens and users from before still count');
    }
  };
  watchFile(file, { interval: INTERVAL }, changed);
  return () => unwatchFile(file, changed);
};
