import { join } from 'node:path';
import { loadConfiguration } from '@coffer/config';
import { MessageSealer, partitionOf, type SealedMutation } from '@coffer/messaging';
import { createLogger } from '@coffer/observability';
import type { Mutation } from '@coffer/secrets';
import { composeStandalone, DataFolder, type Standalone, type StandaloneOptions } from '@coffer/standalone';
import { v7 as uuid } from 'uuid';
import { api, type Api } from './api.js';
import { removeFolder, scratchFolder } from './scratch-folder.js';

export interface InstanceOptions extends Partial<
  Pick<StandaloneOptions, 'stores' | 'timing' | 'roles' | 'logger' | 'audit' | 'authenticator'>
> {
  /** The text of its configuration file. Defaults to none. */
  readonly configuration?: string;
}

/** A standalone Coffer within this process, whose queue and log are in reach. */
export interface Instance {
  readonly standalone: Standalone;
  /** Where it is a gateway. */
  readonly api: Api;
  readonly url: string;
  /** May do everything. */
  readonly token: string;
  /** The mutation as its gateway would queue it now. */
  seal(mutation: Mutation, operation?: string): SealedMutation;
  /** Idempotent. */
  close(): Promise<void>;
}

/** The configuration of a file with that text, of none without it. */
const configurationOf = (text: string | undefined, cwd: string): StandaloneOptions['configuration'] =>
  text === undefined
    ? loadConfiguration({ env: {}, cwd })
    : loadConfiguration({ env: { COFFER_CONFIG: 'coffer.yml' }, cwd, readFile: () => text });

/** On a data folder of its own, which goes with it. Logs nothing by default. */
export const openInstance = async (options: InstanceOptions = {}): Promise<Instance> => {
  const { configuration, logger = createLogger('silent'), ...parts } = options;
  const scratch = scratchFolder();
  let token = '';
  const standalone = await composeStandalone({
    ...parts,
    ...{ logger, configuration: configurationOf(configuration, scratch) },
    folder: DataFolder.open(join(scratch, 'data')),
    version: '0.0.0-e2e',
    showToken: (made) => void (token = made),
  });
  const { app, messaging, health, ring } = standalone;
  const isGateway = parts.roles?.includes('gateway') ?? true;
  if (isGateway) await app.listen(0, '127.0.0.1');
  else await app.init();
  await health.allUp();
  const url = isGateway ? await app.getUrl() : '';
  const sealer = new MessageSealer(ring);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await standalone.close();
    removeFolder(scratch);
  };
  return {
    ...{ standalone, url, token, api: api(url, token) },
    seal: (mutation, operation = uuid()) => {
      const partition = partitionOf(mutation.path.toString(), messaging.topology.partitions);
      return sealer.sealMutation(mutation, { operation, fingerprint: 'f', partition, sentAt: messaging.time.now() });
    },
    close: () => (closed ??= close()),
  };
};
