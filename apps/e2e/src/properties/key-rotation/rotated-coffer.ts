import { join } from 'node:path';
import { Cluster, metricsOf } from '../../cluster/index.js';
import { api, startCoffer, until, type Api } from '../../harness/index.js';
import { RotatedFiles } from './rotated-files.js';

export const SUBJECTS = ['embedded', 'distributed'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** A Coffer whose keys are changed while it runs. */
export interface RotatedCoffer {
  readonly gateways: readonly Api[];
  /** May do everything. */
  readonly token: string;
  readonly files: RotatedFiles;
  /** Names the key that the store's values are sealed with at first. */
  readonly storeKey: string;
  /** As the metric calls the ring of the store's values. */
  readonly storeRing: string;
  /** Arguments and data folder of a command that works on its store. */
  readonly command: { readonly args: readonly string[]; readonly dataFolder?: string };
  /** Resolves when every process shows the line in its metrics, or no longer does. */
  metric(line: string, isShown: boolean): Promise<void>;
  /** What processes that are gone have said; empty where none is. */
  ended(): string;
}

/** Bounds a failure only. */
const TAKEN_IN_TIMEOUT_MS = 60_000;

const waitFor = (addresses: readonly string[], token: string) => async (line: string, isShown: boolean) => {
  const all = async (): Promise<boolean> => {
    const texts = await Promise.all(addresses.map((address) => metricsOf(address, token)));
    return texts.every((text) => text.includes(line) === isShown);
  };
  await until(`every process ${isShown ? 'shows' : 'has lost'} ${line}`, all, TAKEN_IN_TIMEOUT_MS);
};

const embedded = async (run: (coffer: RotatedCoffer) => Promise<void>): Promise<void> => {
  const coffer = await startCoffer({ config: JSON.stringify({ coffer: {} }) });
  try {
    const { configFile = '', dataFolder, url, token } = coffer;
    const files = new RotatedFiles(configFile);
    // The key that the first start has made, by its name.
    files.setKeys([{ id: 'root', file: join(dataFolder, 'root.key'), active: true }]);
    let ended = '';
    void coffer.exited.then(() => (ended = coffer.stderr()));
    await run({
      ...{ gateways: [api(url, token)], token, files, storeKey: 'root', storeRing: 'coffer.encryption' },
      command: { args: ['--config', configFile], dataFolder },
      metric: waitFor([url], token),
      ended: () => ended,
    });
  } finally {
    await coffer.stop();
  }
};

const distributed = (run: (coffer: RotatedCoffer) => Promise<void>): Promise<void> =>
  Cluster.use({ cache: {} }, async (cluster) => {
    const { token, processes, configuration } = cluster;
    const waits = waitFor(
      processes.map(({ address }) => address),
      token,
    );
    const stores = waitFor(
      processes.flatMap(({ role, address }) => (role === 'cache-invalidator' ? [] : [address])),
      token,
    );
    await run({
      ...{ gateways: cluster.gateways, token, storeKey: 'jdbc', storeRing: 'default' },
      files: new RotatedFiles(configuration.path),
      command: { args: ['--config', configuration.path] },
      metric: (line, isShown) => (line.includes('ring="default"') ? stores : waits)(line, isShown),
      ended: () => (cluster.processes.length === processes.length ? '' : cluster.output.slice(-2_000)),
    });
  });

export const withCoffer: Readonly<Record<Subject, (run: (coffer: RotatedCoffer) => Promise<void>) => Promise<void>>> = {
  embedded,
  distributed,
};
