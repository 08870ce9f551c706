import { join } from 'node:path';
import { loadConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { createLogger } from '@coffer/observability';
import { composeStandalone, DataFolder, type Standalone } from '@coffer/standalone';
import { api, removeFolder, scratchFolder, type Api } from '../../harness/index.js';

/** A standalone Coffer within this process, whose queue and log are in reach. */
export interface Instance {
  readonly standalone: Standalone;
  /** The one that it seals messages with. */
  readonly ring: KeyRing;
  readonly api: Api;
  readonly url: string;
  /** May do everything. */
  readonly token: string;
  /** Everything that it has logged, at every level. */
  readonly log: () => string;
  close(): Promise<void>;
}

/** On a data folder of its own, which goes with it. */
export const openInstance = async (): Promise<Instance> => {
  const scratch = scratchFolder();
  const folder = DataFolder.open(join(scratch, 'data'));
  let token = '';
  let log = '';
  const standalone = await composeStandalone({
    configuration: loadConfiguration({ env: {}, cwd: scratch }),
    folder,
    logger: createLogger('trace', { write: (line) => void (log += line) }),
    version: '0.0.0-e2e',
    showToken: (made) => void (token = made),
  });
  await standalone.app.listen(0, '127.0.0.1');
  await standalone.health.allUp();
  const url = await standalone.app.getUrl();
  return {
    standalone,
    ring: await KeyRing.derive([{ id: 'root', secret: folder.rootKey, active: true }]),
    api: api(url, token),
    url,
    token,
    log: () => log,
    close: async () => {
      await standalone.close();
      removeFolder(scratch);
    },
  };
};
