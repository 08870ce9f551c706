import 'reflect-metadata';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import type { Backend } from '@coffer/backend-contract';
import { SecretValue, type SecretPath } from '@coffer/secrets';
import { randomBytes } from 'node:crypto';
import { openLoneCoffer } from '../../harness/lone-coffer.js';

const BYTES = 200;

/** A store that has every secret, each of its own text, and keeps none in this process. */
const boundless = (): Backend =>
  Object.create(openMemoryBackend(), {
    read: {
      value: (path: SecretPath) =>
        Promise.resolve({
          value: new SecretValue(randomBytes(BYTES / 2).toString('hex')),
          metadata: { tags: [] },
          version: `version of ${path.key}`,
        }),
    },
  }) as Backend;

/**
 * A process of its own for the measurement: a gateway with a cache for so many entries. SIGUSR2 is
 * answered by its memory after a collection of garbage.
 */
const serve = async (entries: number): Promise<void> => {
  const rule = { maximumSize: entries, life: 3_600_000 };
  const { url, token } = await openLoneCoffer([{ backend: withFacade(boundless()) }], 'silent', rule);
  process.once('SIGTERM', () => process.exit(0));
  process.stdout.write(`ready ${url} ${token}\n`);
  process.on('SIGUSR2', () => {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    const { rss, heapUsed, external } = process.memoryUsage();
    process.stdout.write(`memory ${rss} ${heapUsed + external}\n`);
  });
};

void serve(Number(process.argv[2]));
